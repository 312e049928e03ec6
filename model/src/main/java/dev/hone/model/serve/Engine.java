package dev.hone.model.serve;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BatchDecoder;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.KvPages;
import dev.hone.model.generate.FinishReason;
import dev.hone.model.generate.Generation;
import dev.hone.model.generate.Sampler;
import dev.hone.model.generate.TextOutput;
import dev.hone.model.grammar.ConstrainedText;
import dev.hone.model.grammar.Grammar;
import dev.hone.model.grammar.TokenConstraint;
import dev.hone.model.text.TokenTrie;
import dev.hone.model.text.Tokenizer;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tensor.Workers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Answers many requests at once with one model and any of its adapters.
///
/// One thread does it all, step by step: each step is one pass of a [BatchDecoder] over the next
/// tokens of all sequences. A request's answer hangs on the request alone: neither on what else is
/// going on, nor on what pages were there already, nor on whether it had to wait in the middle.
///
/// Requests may come from any thread. All memory but the adapters' comes from the allocator, and
/// whoever made that frees it once the engine is closed.
public final class Engine implements AutoCloseable {
  private static final int KNOWN_GRAMMARS = 16;

  private final Tokenizer tokenizer;
  private final EngineOptions options;
  private final int vocabSize;
  private final Adapters adapters;
  private final RequestQueue queue;
  private final Batch batch;
  private final Thread thread;

  /// Made when the first grammar comes.
  private Optional<TokenTrie> vocabulary = Optional.empty();

  /// The latest ones, with what was found out about them.
  private final Map<Grammar, TokenConstraint> constraints = new LinkedHashMap<>(16, 0.75f, true);

  private Engine(Tokenizer tokenizer, EngineOptions options, int vocabSize, Batch batch) {
    this.tokenizer = tokenizer;
    this.options = options;
    this.vocabSize = vocabSize;
    this.batch = batch;
    this.adapters = new Adapters(options.maxRank(), options.adapterBytes());
    this.queue = new RequestQueue(options.maxQueued());
    this.thread = Thread.ofPlatform().daemon().name("hone-engine").unstarted(this::run);
  }

  /// @param base without adapter, made for the options' context at least
  /// @param workers who compute, the engine's own from now on; whoever made them closes them, after
  ///   the engine
  public static Engine start(
      Allocator memory, Decoder base, Tokenizer tokenizer, EngineOptions options, Workers workers) {
    var config = base.config();
    var pages = KvPages.allocate(memory, config, options.pages());
    var decoder = BatchDecoder.allocate(memory, base, pages, limits(options), workers);
    var batch = new Batch(decoder, workers, new PagePool(options.pages()), options);
    var engine = new Engine(tokenizer, options, config.vocabSize(), batch);
    engine.thread.start();
    return engine;
  }

  private static BatchDecoder.Limits limits(EngineOptions options) {
    int rows = Batch.rows(options);
    return new BatchDecoder.Limits(
        rows, options.maxRunning(), options.maxRank(), options.contextLength());
  }

  /// Counts what [#start] would take, before there is a decoder.
  ///
  /// @param base what the weights are kept in
  /// @param workers how many will compute
  public static void plan(
      MemoryPlan plan, ModelConfig config, BaseDtype base, EngineOptions options, int workers) {
    KvPages.allocate(plan, config, options.pages());
    BatchDecoder.plan(plan, config, base, limits(options), workers);
  }

  /// Adds an adapter.
  ///
  /// @throws CheckpointException when its files are damaged
  /// @throws UsageException when it is larger than the options allow
  public AdapterHandle addAdapter(String name, AdapterSource source) throws CheckpointException {
    return adapters.add(name, source);
  }

  /// Removes an adapter. Requests that use it come to their end; new ones are refused.
  ///
  /// @throws UsageException when it is removed already
  public void removeAdapter(AdapterHandle adapter) {
    adapters.remove(adapter);
  }

  /// Bytes of the adapters in memory.
  public long adapterBytes() {
    return adapters.byteSize();
  }

  /// Requests that wait for their turn.
  public int waiting() {
    return queue.size();
  }

  /// Hands a request in.
  ///
  /// @throws CheckpointException when its adapter has to be loaded again and cannot be
  /// @throws UsageException when the prompt is empty, or can never fit; or there is no such adapter
  ///   any more
  public Submission submit(Request request) throws CheckpointException {
    requireFits(request);
    var lease =
        request.adapter().isEmpty()
            ? Optional.of(Adapters.Lease.BASE)
            : adapters.acquire(request.adapter().get());
    if (lease.isEmpty()) return new Submission.Full();
    boolean isTaken = false;
    try {
      var ticket = new Ticket();
      isTaken = queue.offer(new Waiting(request, ticket, lease.get(), System.nanoTime()));
      return isTaken ? new Submission.Accepted(ticket) : new Submission.Full();
    } finally {
      if (!isTaken) adapters.release(lease.get());
    }
  }

  private void requireFits(Request request) {
    int[] prompt = request.prompt();
    if (prompt.length == 0) {
      throw new UsageException(
          "the prompt has no tokens", "write something, or begin with the model's BOS token");
    }
    if (prompt.length >= options.contextLength()) {
      throw new UsageException(
          "the prompt has %d tokens, which leaves no room for an answer in the context of %d"
              .formatted(prompt.length, options.contextLength()),
          "shorten the prompt or the conversation, or serve with a longer context");
    }
    for (int id : prompt) {
      requireToken(id);
    }
    request.logitBias().fixed().keySet().forEach(this::requireToken);
  }

  private void requireToken(int id) {
    if (id < 0 || id >= vocabSize) {
      throw new UsageException(
          "token id %d in a vocabulary of %d".formatted(id, vocabSize),
          "take ids of this model's tokenizer");
    }
  }

  private void run() {
    Optional<Throwable> failure = Optional.empty();
    try {
      while (!queue.isClosed()) {
        if (batch.isEmpty()) queue.await();
        endWhatMustEnd();
        admit();
        if (!batch.isEmpty()) step();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      failure = Optional.of(e);
      throw e;
    } finally {
      queue.close();
      endAll(failure);
    }
  }

  private void step() {
    for (var sequence : batch.step()) {
      attempt(sequence, () -> sequence.accept().ifPresent(reason -> end(sequence, reason)));
    }
  }

  /// What one request does wrong, or its listener, is its own failure.
  private void attempt(Sequence sequence, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      leave(sequence);
      sequence.ticket().result().completeExceptionally(e);
    }
  }

  private void end(Sequence sequence, FinishReason reason) {
    leave(sequence);
    sequence.ticket().result().complete(sequence.answer(reason));
  }

  private void leave(Sequence sequence) {
    batch.remove(sequence);
    if (!sequence.hasLeft()) adapters.release(sequence.lease());
    sequence.setLeft();
  }

  private void endWhatMustEnd() {
    long now = System.nanoTime();
    for (var sequence : batch.sequences()) {
      sequence.ending(now).ifPresent(reason -> attempt(sequence, () -> end(sequence, reason)));
    }
    for (var waiting : queue.removeIf(w -> ending(w, now).isPresent())) {
      end(waiting, ending(waiting, now).orElseThrow());
    }
  }

  private static Optional<FinishReason> ending(Waiting waiting, long now) {
    return Sequence.ending(waiting.ticket(), waiting.request(), waiting.submitted(), now);
  }

  private void end(Waiting waiting, FinishReason reason) {
    adapters.release(waiting.lease());
    int promptTokens = waiting.request().prompt().length;
    var nothing =
        new Generation("", List.of(), reason, promptTokens, 0, 0, Duration.ZERO, Duration.ZERO);
    waiting.ticket().result().complete(new Answer(nothing, List.of()));
  }

  private void endAll(Optional<Throwable> failure) {
    for (var sequence : batch.sequences()) {
      if (failure.isPresent()) fail(sequence, failure.get());
      else attempt(sequence, () -> end(sequence, FinishReason.CANCELLED));
    }
    for (var waiting : queue.removeIf(w -> true)) {
      if (failure.isEmpty()) end(waiting, FinishReason.CANCELLED);
      else waiting.ticket().result().completeExceptionally(failure.get());
    }
  }

  private static void fail(Sequence sequence, Throwable failure) {
    sequence.ticket().result().completeExceptionally(failure);
  }

  private void admit() {
    for (var next = queue.peek(); next.isPresent(); next = queue.peek()) {
      if (!batch.hasRoom(next.get().request().prompt().length)) return;
      queue.poll().ifPresent(this::begin);
    }
  }

  private void begin(Waiting waiting) {
    try {
      batch.add(sequence(waiting));
    } catch (UsageException e) {
      adapters.release(waiting.lease());
      waiting.ticket().result().completeExceptionally(e);
    }
  }

  private Sequence sequence(Waiting waiting) {
    var request = waiting.request();
    var sampling = request.options();
    int room = Math.min(sampling.maxTokens(), options.contextLength() - request.prompt().length);
    Optional<ConstrainedText> text =
        sampling.grammar().map(g -> constraint(g).begin(sampling.stopIds(), room));
    return new Sequence(
        request,
        waiting.ticket(),
        waiting.lease(),
        new Sampler(sampling, vocabSize, text),
        TextOutput.of(tokenizer, sampling.stop(), request.listener()::text),
        room,
        waiting.submitted());
  }

  private TokenConstraint constraint(Grammar grammar) {
    if (vocabulary.isEmpty()) vocabulary = Optional.of(tokenizer.trie());
    var known = constraints.get(grammar);
    if (known != null) return known;
    if (constraints.size() == KNOWN_GRAMMARS)
      constraints.remove(constraints.keySet().iterator().next());
    var made = TokenConstraint.of(grammar, vocabulary.get());
    constraints.put(grammar, made);
    return made;
  }

  /// Ends all requests as cancelled, and frees the adapters.
  @Override
  public void close() {
    queue.close();
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    adapters.close();
    if (isInterrupted) Thread.currentThread().interrupt();
  }
}
