package dev.hone.model.generate;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.CachedDecoder;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.KvCache;
import dev.hone.model.grammar.ConstrainedText;
import dev.hone.model.grammar.Grammar;
import dev.hone.model.grammar.TokenConstraint;
import dev.hone.model.text.TokenTrie;
import dev.hone.model.text.Tokenizer;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Writes on from a prompt: runs it through the decoder in chunks, then one token after the other
/// on top of the cache.
///
/// The cache stays between calls. A prompt that begins as the last conversation did, as the next
/// turn of a chat does, is only run from where it differs. The tokens in common give the same keys
/// and values as they would anew but for rounding, since a matrix product over one row sums in
/// another order than over many; [#forget] gives the same bits.
///
/// For one thread at a time. All memory comes from the allocator, and whoever made that frees it.
public final class Generator {
  private final CachedDecoder decoder;
  private final Tokenizer tokenizer;
  private final KvCache cache;
  private final Tensor logits;

  /// The ids in the cache, by position.
  private final int[] held;

  /// Made when the first grammar comes.
  private Optional<TokenTrie> vocabulary = Optional.empty();

  /// The last grammar's, with what was found out about it.
  private Optional<TokenConstraint> constraint = Optional.empty();

  private Generator(CachedDecoder decoder, Tokenizer tokenizer, Tensor logits) {
    this.decoder = decoder;
    this.tokenizer = tokenizer;
    this.cache = decoder.cache();
    this.logits = logits;
    this.held = new int[cache.capacity()];
  }

  /// @param adapter of the decoder; [AdapterShape#NONE] without one
  /// @param contextLength the most tokens of prompt and answer together; at most what the decoder
  ///   was made for
  /// @param workers who compute; whoever made them closes them
  public static Generator allocate(
      Allocator memory,
      Decoder decoder,
      AdapterShape adapter,
      Tokenizer tokenizer,
      int contextLength,
      Workers workers) {
    return new Generator(
        CachedDecoder.allocate(
            memory, decoder, adapter, chunk(contextLength), contextLength, workers),
        tokenizer,
        logits(memory, decoder.config()));
  }

  /// Counts what [#allocate] would take, before there is a decoder.
  ///
  /// @param base what the weights are kept in
  /// @param workers how many will compute
  public static void plan(
      MemoryPlan plan,
      ModelConfig config,
      BaseDtype base,
      AdapterShape adapter,
      int contextLength,
      int workers) {
    new CachedDecoder.Size(config, base, adapter, chunk(contextLength), contextLength)
        .plan(plan, workers);
    logits(plan, config);
  }

  private static int chunk(int contextLength) {
    return Math.min(CachedDecoder.CHUNK, contextLength);
  }

  private static Tensor logits(Allocator memory, ModelConfig config) {
    return memory.f32("logits", 1, config.vocabSize());
  }

  /// The most tokens of prompt and answer together.
  public int contextLength() {
    return cache.capacity();
  }

  /// Forgets what the cache holds, so that the next answer hangs on nothing before it.
  public void forget() {
    cache.truncate(0);
  }

  /// Generates without streaming.
  ///
  /// @throws UsageException as [#generate(int[], SamplingOptions, Consumer, BooleanSupplier)]
  public Generation generate(int[] prompt, SamplingOptions options) {
    return generate(prompt, options, text -> {}, () -> false);
  }

  /// Generates, and hands text on as it becomes final. Special tokens give no text. The context's
  /// end counts as the token limit. An interrupt of the thread cancels too and stays set.
  ///
  /// @param onText takes pieces of whole characters; together they are the text of the result
  /// @param cancelled asked before every token and every chunk of the prompt
  /// @throws UsageException when the prompt is empty or leaves no room in the context, or less than
  ///   an answer of the options' grammar takes
  public Generation generate(
      int[] prompt, SamplingOptions options, Consumer<String> onText, BooleanSupplier cancelled) {
    requireFits(prompt);
    var output = TextOutput.of(tokenizer, options.stop(), onText);
    return new Run(prompt.clone(), options, output, cancelled).generation();
  }

  private void requireFits(int[] prompt) {
    if (prompt.length == 0) {
      throw new UsageException(
          "the prompt has no tokens", "write something, or begin with the model's BOS token");
    }
    if (prompt.length >= contextLength()) {
      throw new UsageException(
          "the prompt has %d tokens, which leaves no room for an answer in the context of %d"
              .formatted(prompt.length, contextLength()),
          "shorten the prompt or the conversation, or take a model with a longer context");
    }
    int vocabSize = decoder.config().vocabSize();
    for (int id : prompt) {
      if (id < 0 || id >= vocabSize) {
        throw new IllegalArgumentException(
            "generate: token id %d in a vocabulary of %d".formatted(id, vocabSize));
      }
    }
  }

  private Optional<ConstrainedText> constrained(SamplingOptions options, int promptTokens) {
    if (options.grammar().isEmpty()) return Optional.empty();
    int room = Math.min(options.maxTokens(), contextLength() - promptTokens);
    return Optional.of(constraint(options.grammar().get()).begin(options.stopIds(), room));
  }

  /// The constraint to a grammar; that of the last answer where it's the same object.
  private TokenConstraint constraint(Grammar grammar) {
    if (vocabulary.isEmpty()) vocabulary = Optional.of(tokenizer.trie());
    if (constraint.isEmpty() || constraint.get().grammar() != grammar)
      constraint = Optional.of(TokenConstraint.of(grammar, vocabulary.get()));
    return constraint.get();
  }

  /// Runs `ids` on top of the cache.
  private void extend(int[] ids) {
    int at = cache.length();
    System.arraycopy(ids, 0, held, at, ids.length);
    decoder.extend(ids, ids.length, logits);
  }

  /// Cuts the cache to what it has in common with the prompt, the last token left out: its logits
  /// are needed.
  ///
  /// @return how many tokens are left
  private int reuse(int[] prompt) {
    int length = Math.min(cache.length(), prompt.length - 1);
    int difference = Arrays.mismatch(held, 0, length, prompt, 0, length);
    cache.truncate(difference < 0 ? length : difference);
    return cache.length();
  }

  /// One generation on its way.
  private final class Run {
    private final int[] prompt;
    private final SamplingOptions options;
    private final TextOutput output;
    private final BooleanSupplier cancelled;
    private final Sampler sampler;
    private final List<Integer> ids = new ArrayList<>();
    private int sampled;

    Run(int[] prompt, SamplingOptions options, TextOutput output, BooleanSupplier cancelled) {
      this.prompt = prompt;
      this.options = options;
      this.output = output;
      this.cancelled = cancelled;
      this.sampler =
          new Sampler(options, decoder.config().vocabSize(), constrained(options, prompt.length));
    }

    Generation generation() {
      long start = System.nanoTime();
      int reused = reuse(prompt);
      boolean isReady = prefill();
      long prefilled = System.nanoTime();
      var reason = isReady ? decode() : FinishReason.CANCELLED;
      if (!output.finish()) reason = FinishReason.STOP;
      long end = System.nanoTime();
      return new Generation(
          output.text(),
          ids,
          reason,
          prompt.length,
          reused,
          sampled,
          Duration.ofNanos(prefilled - start),
          Duration.ofNanos(end - prefilled));
    }

    /// @return false when cancelled
    private boolean prefill() {
      for (int id : prompt) {
        sampler.accept(id);
      }
      while (cache.length() < prompt.length) {
        if (isCancelled()) return false;
        int at = cache.length();
        extend(Arrays.copyOfRange(prompt, at, Math.min(at + decoder.maxTokens(), prompt.length)));
      }
      return true;
    }

    private FinishReason decode() {
      var one = new int[1];
      while (!isCancelled()) {
        int id = sampler.next(logits);
        sampled++;
        if (options.stopIds().contains(id)) return FinishReason.STOP;
        ids.add(id);
        if (!output.add(id) || sampler.isOver()) return FinishReason.STOP;
        if (sampled == options.maxTokens() || prompt.length + sampled == contextLength())
          return FinishReason.LENGTH;
        one[0] = id;
        extend(one);
      }
      return FinishReason.CANCELLED;
    }

    private boolean isCancelled() {
      return cancelled.getAsBoolean() || Thread.currentThread().isInterrupted();
    }
  }
}
