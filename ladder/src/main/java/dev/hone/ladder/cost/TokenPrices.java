package dev.hone.ladder.cost;

import java.util.List;
import java.util.Optional;

/// What a hosted model's tokens cost.
///
/// @param cacheWrite of tokens that are read and cached
public record TokenPrices(Quote input, Quote cachedInput, Quote cacheWrite, Quote output) {
  private static final double MILLION = 1e6;

  /// @param promptTokens of a prompt
  public static TokenPrices of(PriceBook book, Price model, double promptTokens) {
    var input = book.quote(model, Unit.INPUT, promptTokens);
    var write = book.quote(model, Unit.CACHE_WRITE, promptTokens);
    return new TokenPrices(
        input,
        book.quote(model, Unit.CACHED_INPUT, promptTokens),
        write.price().isPresent() ? write : derived(input, book.caching(model.provider())),
        book.quote(model, Unit.OUTPUT, promptTokens));
  }

  /// Where the provider says nothing of writing, it costs what reading does.
  private static Quote derived(Quote input, Optional<Caching> caching) {
    double factor = caching.map(Caching::writeFactor).orElse(1.0);
    return new Quote(Unit.CACHE_WRITE, input.money().times(factor), input.price());
  }

  /// `(prefix·((1 − h − w)·input + h·cached + w·write) + input·input + output·output) / 10⁶`, h the
  /// share of requests that read the prefix from the cache and w of those that write it there.
  public Money request(Tokens tokens, Cache cache) {
    double plain = tokens.prefix() * (1 - cache.hit() - cache.written()) + tokens.input();
    return input
        .money()
        .times(plain / MILLION)
        .plus(cachedInput.money().times(tokens.prefix() * cache.hit() / MILLION))
        .plus(cacheWrite.money().times(tokens.prefix() * cache.written() / MILLION))
        .plus(output.money().times(tokens.output() / MILLION));
  }

  /// Caching where it saves money at this traffic, else none.
  public Cache worthwhile(Tokens tokens, Cache cache) {
    var with = request(tokens, cache).usd();
    var without = request(tokens, Cache.NONE).usd();
    return with.isPresent() && without.isPresent() && with.getAsDouble() < without.getAsDouble()
        ? cache
        : Cache.NONE;
  }

  public List<Quote> quotes() {
    return List.of(input, cachedInput, cacheWrite, output);
  }
}
