package dev.hone.ladder.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/// What ways to answer cost in one user's world.
///
/// @param requestsPerDay traffic; empty where none is known, and then nothing is cached
/// @param hosted model that prompts would go to
/// @param machine that a model of one's own runs on
/// @param trainingsPerMonth to keep up
public record Costs(
    PriceBook book,
    OptionalDouble requestsPerDay,
    Price hosted,
    Machine machine,
    double trainingsPerMonth) {
  /// Where a provider does not say how long a prefix stays cached.
  private static final double USUAL_MINUTES = 5;

  /// Traffic at which a prefix is always cached.
  private static final double DENSE = 1e9;

  private static final int ROUNDS = 100;

  public Costs withTrainings(double perMonth) {
    return new Costs(book, requestsPerDay, hosted, machine, perMonth);
  }

  /// Without a language model, within the user's application.
  public Way inApplication(String rung) {
    var bill = new Bill();
    bill.add(
        "application",
        Money.ZERO,
        "no token of a model; your application's machine is not counted");
    return bill.way(
        rung, "your application", Tokens.NONE, running(Money.ZERO, Money.ZERO), Money.ZERO);
  }

  /// Prompts to the hosted model.
  public Way hosted(String rung, Tokens tokens) {
    var bill = new Bill();
    var request = bill.tokens(hosted, tokens, requestsPerDay);
    return bill.way(rung, hosted.name(), tokens, running(request, Money.ZERO), Money.ZERO);
  }

  /// Prompts to a hosted model that has no price.
  public Way unpriced(String rung, String model, Tokens tokens) {
    return unpriced(rung, model, tokens, Money.ZERO);
  }

  /// Tuned at a provider that has no price for it.
  public Way tunedUnpriced(String rung, String model, Tokens tokens) {
    return unpriced(
        rung, model, tokens, new Money.Unknown("no price of tuning %s is known".formatted(model)));
  }

  private Way unpriced(String rung, String model, Tokens tokens, Money once) {
    var bill = new Bill();
    var request = new Money.Unknown("no price of %s is known".formatted(model));
    bill.add("tokens", request, "give its price with --prices");
    return bill.way(rung, model, tokens, running(request, Money.ZERO), once);
  }

  private static Running running(Money request, Money month) {
    return new Running(request, month, Optional.empty());
  }

  /// The user's own model, asked as it is.
  ///
  /// @param seconds for an answer, one at a time; empty where unknown
  public Way onMachine(String rung, Tokens tokens, OptionalDouble seconds) {
    var bill = new Bill();
    var replica = bill.replica(machine, seconds);
    var running = new Running(Money.ZERO, Money.ZERO, Optional.of(replica));
    return bill.way(rung, machine.name(), tokens, running, Money.ZERO);
  }

  /// Tuned at a provider and asked there.
  public Way tunedHosted(Price tuned, Tokens tokens, TrainingCost training) {
    var bill = new Bill();
    var price = bill.seen(book.quote(tuned, Unit.TRAINING));
    var once = training.hosted(price.money());
    bill.add(
        "training", once, "%,.0f tokens × %s".formatted(training.trainedTokens(), price.words()));
    var upkeep = bill.upkeep(once, trainingsPerMonth);
    var host = tuned.hostedOn().map(name -> book.find(tuned.provider() + "/" + name, any -> true));
    if (host.isPresent()) {
      var replica = bill.replica(Machine.of(book, host.get()), OptionalDouble.empty());
      return bill.way(
          "tuned",
          tuned.name(),
          tokens,
          new Running(Money.ZERO, upkeep, Optional.of(replica)),
          once);
    }
    var request = bill.tokens(tuned, tokens, requestsPerDay);
    return bill.way(
        "tuned", tuned.name(), tokens, running(request, upkeep.plus(bill.storage(tuned))), once);
  }

  /// Tuned and asked on the user's machine.
  ///
  /// @param trainingSeconds of one training; empty where unknown
  /// @param seconds for an answer
  public Way tunedOnMachine(
      String rung, Tokens tokens, OptionalDouble trainingSeconds, OptionalDouble seconds) {
    var bill = new Bill();
    var once =
        trainingSeconds.isPresent()
            ? TrainingCost.onMachine(trainingSeconds.getAsDouble(), 0, machine.perHour())
            : new Money.Unknown("how fast %s trains is not known".formatted(machine.name()));
    bill.add(
        "training",
        once,
        trainingSeconds.isPresent()
            ? "%,.0f s × %s an hour"
                .formatted(trainingSeconds.getAsDouble(), machine.perHour().exact())
            : "its rate is not known");
    var upkeep = bill.upkeep(once, trainingsPerMonth);
    var replica = bill.replica(machine, seconds);
    return bill.way(
        rung, machine.name(), tokens, new Running(Money.ZERO, upkeep, Optional.of(replica)), once);
  }

  /// When a tuned model is cheaper than prompts to the hosted one. The share of the traffic that
  /// the provider has cached is that of the break-even itself.
  public BreakEven breakEven(Running tuned, Tokens prompt) {
    double traffic = DENSE;
    var found = BreakEven.between(tuned, prompted(prompt, traffic));
    for (int i = 0; i < ROUNDS && found instanceof BreakEven.Above(var at, var any); i++) {
      if (Math.abs(at / traffic - 1) < 1e-3) {
        return found;
      }
      traffic = at;
      found = BreakEven.between(tuned, prompted(prompt, traffic));
    }
    return found;
  }

  private Running prompted(Tokens prompt, double traffic) {
    return running(new Bill().tokens(hosted, prompt, OptionalDouble.of(traffic)), Money.ZERO);
  }

  /// Terms and prices as they come up.
  private final class Bill {
    private final List<Term> terms = new ArrayList<>();
    private final List<Price> prices = new ArrayList<>();

    private void add(String name, Money money, String inputs) {
      terms.add(new Term(name, money, inputs));
    }

    private Quote seen(Quote quote) {
      quote.price().filter(price -> !prices.contains(price)).ifPresent(prices::add);
      return quote;
    }

    private Way way(String rung, String where, Tokens tokens, Running running, Money once) {
      return new Way(rung, where, tokens, running, once, terms, prices);
    }

    /// Of one request.
    private Money tokens(Price model, Tokens tokens, OptionalDouble traffic) {
      var paid = TokenPrices.of(book, model, tokens.prompt());
      paid.quotes().forEach(this::seen);
      var possible =
          traffic.isPresent()
              ? Cache.ofTraffic(tokens.prefix(), traffic.getAsDouble(), minutes(model))
              : Cache.NONE;
      var cache = paid.worthwhile(tokens, possible);
      var prefix = new Tokens(tokens.prefix(), 0, 0);
      add("prefix", paid.request(prefix, cache), prefixWords(tokens, cache, paid));
      add(
          "input",
          paid.request(new Tokens(0, tokens.input(), 0), cache),
          "%,.0f tokens × %s".formatted(tokens.input(), paid.input().words()));
      add(
          "output",
          paid.request(new Tokens(0, 0, tokens.output()), cache),
          "%,.0f tokens × %s".formatted(tokens.output(), paid.output().words()));
      return paid.request(tokens, cache);
    }

    private double minutes(Price model) {
      return book.caching(model.provider()).map(Caching::minutes).orElse(USUAL_MINUTES);
    }

    private String prefixWords(Tokens tokens, Cache cache, TokenPrices paid) {
      var same = "%,.0f tokens, the same each time".formatted(tokens.prefix());
      return cache.equals(Cache.NONE)
          ? "%s, not cached × %s".formatted(same, paid.input().words())
          : String.format(
              Locale.ROOT,
              "%s: %.0f %% × %s, the rest × %s",
              same,
              100 * cache.hit(),
              paid.cachedInput().words(),
              paid.cacheWrite().words());
    }

    private Money storage(Price tuned) {
      boolean isPaid = book.prices().stream().anyMatch(price -> isMonthly(price, tuned));
      if (!isPaid) {
        return Money.ZERO;
      }
      var month = seen(book.quote(tuned, Unit.MONTH));
      add("storage a month", month.money(), month.words());
      return month.money();
    }

    private static boolean isMonthly(Price price, Price tuned) {
      return price.name().equals(tuned.name()) && price.usd().containsKey(Unit.MONTH);
    }

    private Money upkeep(Money training, double perMonth) {
      var month = training.times(perMonth);
      if (perMonth > 0) {
        add(
            "trainings a month",
            month,
            String.format(Locale.ROOT, "%.2f × %s", perMonth, training.words()));
      }
      return month;
    }

    private Replica replica(Machine on, OptionalDouble seconds) {
      on.price().filter(price -> !prices.contains(price)).ifPresent(prices::add);
      var rate = seconds.isPresent() ? OptionalDouble.of(1 / seconds.getAsDouble()) : seconds;
      var replica = new Replica(on.perHour(), rate);
      int count = replica.count(requestsPerDay.orElse(0));
      add(
          "machines a month",
          on.perHour().times(count * Running.HOURS_PER_MONTH),
          String.format(
              Locale.ROOT,
              "%d × %.0f h × %s; %s",
              count,
              Running.HOURS_PER_MONTH,
              on.perHour().exact(),
              load(replica, seconds)));
      return replica;
    }

    private String load(Replica replica, OptionalDouble seconds) {
      if (seconds.isEmpty()) {
        return "how much it can answer is not known: one is taken to do";
      }
      var words =
          String.format(
              Locale.ROOT,
              "%.3g s an answer, so %,.0f requests a day each, %s per 1,000 at full load",
              seconds.getAsDouble(),
              replica.requestsPerDay(),
              replica.atFullLoad().times(1_000).words());
      return requestsPerDay.isEmpty()
          ? words
          : words
              + String.format(
                  Locale.ROOT,
                  ", busy %.1f %%",
                  100 * replica.utilisation(requestsPerDay.getAsDouble()).orElseThrow());
    }
  }
}
