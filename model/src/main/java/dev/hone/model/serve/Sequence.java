package dev.hone.model.serve;

import dev.hone.model.UsageException;
import dev.hone.model.decoder.KvPages;
import dev.hone.model.decoder.PackedAdapter;
import dev.hone.model.generate.FinishReason;
import dev.hone.model.generate.Generation;
import dev.hone.model.generate.Sampler;
import dev.hone.model.generate.TextOutput;
import dev.hone.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// One request on its way: its tokens so far, which of them are computed, and the pages they lie
/// in.
///
/// A token that is put back is computed again the way it was computed first, a prompt's as a
/// prompt's and an answer's as an answer's, so that nobody can tell.
final class Sequence {
  private static final float[] NO_LOGITS = {};

  private final Request request;
  private final Ticket ticket;
  private final Adapters.Lease lease;
  private final Sampler sampler;
  private final TextOutput output;
  private final int room;
  private final long submitted;
  private final long started = System.nanoTime();
  private long prefilled;

  /// Prompt and answer; the last sampled token too, if there's to be another one.
  private final int[] tokens;

  private int length;
  private int computed;
  private final int[] pages;
  private int numPages;

  private final List<Integer> ids = new ArrayList<>();
  private final List<TokenScore> scores = new ArrayList<>();
  private int sampled;
  private int reused;
  private int chosen;
  private boolean hasLeft;
  private float[] raw = NO_LOGITS;
  private Optional<UsageException> failure = Optional.empty();

  /// @param room the most tokens that it may sample
  /// @param submitted when, in the clock of [System#nanoTime]
  Sequence(
      Request request,
      Ticket ticket,
      Adapters.Lease lease,
      Sampler sampler,
      TextOutput output,
      int room,
      long submitted) {
    this.request = request;
    this.ticket = ticket;
    this.lease = lease;
    this.sampler = sampler;
    this.output = output;
    this.room = room;
    this.submitted = submitted;
    this.length = request.prompt().length;
    this.tokens = Arrays.copyOf(request.prompt(), length + room);
    this.pages = new int[KvPages.count(tokens.length)];
    for (int id : request.prompt()) {
      sampler.accept(id);
    }
  }

  Request request() {
    return request;
  }

  Ticket ticket() {
    return ticket;
  }

  Adapters.Lease lease() {
    return lease;
  }

  PackedAdapter adapter() {
    return lease.adapter();
  }

  /// Why it must end now, if it must.
  Optional<FinishReason> ending(long now) {
    return ending(ticket, request, submitted, now);
  }

  /// The same for a request that waits.
  static Optional<FinishReason> ending(Ticket ticket, Request request, long submitted, long now) {
    if (ticket.isCancelled()) return Optional.of(FinishReason.CANCELLED);
    boolean isOver =
        request.timeLimit().isPresent() && now - submitted >= request.timeLimit().get().toNanos();
    return isOver ? Optional.of(FinishReason.DEADLINE) : Optional.empty();
  }

  /// Whether its pages and its adapter are given back for good.
  boolean hasLeft() {
    return hasLeft;
  }

  void setLeft() {
    hasLeft = true;
  }

  /// Pages that its tokens and one more take.
  int pagesNeeded() {
    return KvPages.count(Math.min(length + 1, tokens.length));
  }

  int[] pages() {
    return pages;
  }

  int computed() {
    return computed;
  }

  int next() {
    return tokens[computed];
  }

  boolean isPromptDone() {
    return computed >= request.prompt().length;
  }

  /// Whether all that is known is computed, so that a token can be sampled.
  boolean isReady() {
    return computed == length;
  }

  /// Whether the next token needs a page that it has not.
  boolean needsPage() {
    return computed == numPages * KvPages.TOKENS;
  }

  void addPage(int page) {
    pages[numPages++] = page;
  }

  /// Counts the next token as computed; and lets its page be found if the prompt has filled it.
  void advance(PagePool pool) {
    computed++;
    boolean isFilled = computed % KvPages.TOKENS == 0 && computed <= request.prompt().length;
    if (isFilled) {
      int from = computed - KvPages.TOKENS;
      pool.publish(pages[numPages - 1], before(pool, numPages - 1), tokens, from);
    }
  }

  /// Takes over what is known of its next tokens, page by page; the prompt's last token is left
  /// out, since its logits are wanted.
  void reuse(PagePool pool) {
    while (needsPage() && computed + KvPages.TOKENS < request.prompt().length) {
      var page = pool.find(before(pool, numPages), tokens, computed);
      if (page.isEmpty()) return;
      addPage(page.getAsInt());
      computed += KvPages.TOKENS;
      if (sampled == 0) reused += KvPages.TOKENS;
    }
  }

  private long before(PagePool pool, int page) {
    return page == 0 ? PagePool.beginning(lease.root()) : pool.number(pages[page - 1]);
  }

  /// Gives all pages back, the last ones first, so that they are also given away first.
  void releasePages(PagePool pool) {
    while (numPages > 0) {
      pool.release(pages[--numPages]);
    }
    computed = 0;
    if (sampled == 0) reused = 0;
  }

  /// Whether choosing takes what others use too, so that it must be done on the engine's thread.
  boolean hasGrammar() {
    return request.options().grammar().isPresent();
  }

  /// Chooses the next token; for any thread, and nothing is told yet.
  ///
  /// @param logits `(1, V)`, changed
  void choose(Tensor logits) {
    try {
      if (request.topLogprobs().isPresent()) raw = logits.toArray();
      request.logitBias().apply(logits, ids);
      chosen = sampler.next(logits);
      if (request.topLogprobs().isPresent())
        scores.add(TokenScore.of(raw, chosen, request.topLogprobs().getAsInt()));
    } catch (UsageException e) {
      failure = Optional.of(e);
    }
  }

  /// Takes the chosen token in.
  ///
  /// @return why the answer ends with it, if it does
  Optional<FinishReason> accept() {
    if (failure.isPresent()) throw failure.get();
    if (sampled++ == 0) prefilled = System.nanoTime();
    if (!scores.isEmpty()) request.listener().token(scores.getLast());
    if (request.options().stopIds().contains(chosen)) return Optional.of(FinishReason.STOP);
    ids.add(chosen);
    if (!output.add(chosen) || sampler.isOver()) return Optional.of(FinishReason.STOP);
    if (sampled == room) return Optional.of(FinishReason.LENGTH);
    tokens[length++] = chosen;
    return Optional.empty();
  }

  /// The answer as it stands; hands on what text was held back.
  Answer answer(FinishReason reason) {
    boolean isStopped = !output.finish();
    long now = System.nanoTime();
    long decoding = sampled == 0 ? now : prefilled;
    return new Answer(
        new Generation(
            output.text(),
            ids,
            isStopped ? FinishReason.STOP : reason,
            request.prompt().length,
            reused,
            sampled,
            Duration.ofNanos(decoding - started),
            Duration.ofNanos(now - decoding)),
        scores);
  }
}
