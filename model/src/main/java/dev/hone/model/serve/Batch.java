package dev.hone.model.serve;

import dev.hone.model.decoder.BatchDecoder;
import dev.hone.model.decoder.BatchRows;
import dev.hone.model.decoder.KvPages;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Workers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The sequences that are under way, and their steps: which tokens of which go into the next pass.
///
/// Every step takes one token of each answer, and then as many of prompts as are allowed, a slice
/// of each in turn. Where pages run out, the youngest sequence gives all of its own back and waits;
/// the oldest one always fits.
final class Batch {
  /// Tokens of a prompt before it's another prompt's turn.
  private static final int SLICE = 32;

  private final BatchDecoder decoder;
  private final Workers workers;
  private final PagePool pool;
  private final BatchRows rows;
  private final int maxRunning;
  private final int promptRows;

  /// Oldest first.
  private final List<Sequence> running = new ArrayList<>();

  /// Those that gave their pages back, oldest first.
  private final ArrayDeque<Sequence> putBack = new ArrayDeque<>();

  /// Those whose next token this step gives, in the order of the logits.
  private final List<Sequence> ready = new ArrayList<>();

  Batch(BatchDecoder decoder, Workers workers, PagePool pool, EngineOptions options) {
    this.decoder = decoder;
    this.workers = workers;
    this.pool = pool;
    this.rows = new BatchRows(rows(options));
    this.maxRunning = options.maxRunning();
    this.promptRows = options.promptRows();
  }

  /// Rows of a pass at most.
  static int rows(EngineOptions options) {
    return options.maxRunning() + options.promptRows();
  }

  /// All that are under way, oldest first.
  List<Sequence> sequences() {
    var all = new ArrayList<>(running);
    all.addAll(putBack);
    return all;
  }

  boolean isEmpty() {
    return running.isEmpty() && putBack.isEmpty();
  }

  /// Whether another sequence can be taken.
  ///
  /// @param tokens that it begins with
  boolean hasRoom(int tokens) {
    return putBack.isEmpty() && hasRoomAgain(KvPages.count(tokens + 1));
  }

  private boolean hasRoomAgain(int pages) {
    return running.isEmpty() || running.size() < maxRunning && pages <= pool.available();
  }

  void add(Sequence sequence) {
    running.add(sequence);
  }

  void remove(Sequence sequence) {
    sequence.releasePages(pool);
    running.remove(sequence);
    putBack.remove(sequence);
  }

  /// Runs one step.
  ///
  /// @return the sequences that have chosen a token, oldest first
  List<Sequence> step() {
    takeAgain();
    plan();
    while (rows.isEmpty()) { // all wait for pages
      putYoungestBack();
      plan();
    }
    var logits = decoder.run(rows);
    choose(logits);
    return List.copyOf(ready);
  }

  private void takeAgain() {
    while (!putBack.isEmpty() && hasRoomAgain(putBack.getFirst().pagesNeeded())) {
      running.add(putBack.removeFirst());
    }
  }

  private void putYoungestBack() {
    var youngest = running.removeLast();
    youngest.releasePages(pool);
    putBack.addFirst(youngest);
  }

  private void plan() {
    rows.clear();
    ready.clear();
    for (int i = 0; i < running.size(); i++) {
      planAnswer(running.get(i));
    }
    planPrompts();
  }

  /// The next token of an answer, or all that were put back and there is room for. What is younger
  /// is not planned yet, so it may be put back, and so may the sequence itself.
  private void planAnswer(Sequence sequence) {
    if (!sequence.isPromptDone()) return;
    int most = 1 + Math.max(0, rows.room() - maxRunning);
    for (int i = 0; i < most && !sequence.isReady(); i++) {
      while (!hasPage(sequence)) {
        boolean isYoungest = running.getLast() == sequence;
        if (i > 0 && isYoungest) return; // it has rows in this pass already
        putYoungestBack();
        if (isYoungest) return;
      }
      int row =
          rows.addAnswer(
              sequence.next(), sequence.computed(), sequence.pages(), sequence.adapter());
      advance(sequence, row);
    }
  }

  private void planPrompts() {
    int left = Math.min(promptRows, rows.room());
    var prompts = new ArrayDeque<Sequence>();
    running.stream().filter(s -> !s.isPromptDone()).forEach(prompts::add);
    while (left > 0 && !prompts.isEmpty()) {
      var sequence = prompts.removeFirst();
      int planned = planPrompt(sequence, Math.min(left, SLICE));
      left -= planned;
      if (planned == SLICE && !sequence.isPromptDone()) prompts.addLast(sequence);
    }
  }

  private int planPrompt(Sequence sequence, int most) {
    int planned = 0;
    sequence.reuse(pool);
    while (planned < most && !sequence.isPromptDone() && hasPage(sequence)) {
      int row =
          rows.addPrompt(
              sequence.next(), sequence.computed(), sequence.pages(), sequence.adapter());
      advance(sequence, row);
      planned++;
      sequence.reuse(pool);
    }
    return planned;
  }

  private boolean hasPage(Sequence sequence) {
    if (!sequence.needsPage()) return true;
    var page = pool.take();
    page.ifPresent(sequence::addPage);
    return page.isPresent();
  }

  private void advance(Sequence sequence, int row) {
    sequence.advance(pool);
    if (sequence.isReady()) {
      rows.want(row);
      ready.add(sequence);
    }
  }

  /// Choosing looks at the whole vocabulary, so all share it; but for grammars, which remember what
  /// they have found out.
  private void choose(Tensor logits) {
    workers.share(
        ready.size(),
        1,
        (worker, i, end) -> {
          if (!ready.get(i).hasGrammar()) ready.get(i).choose(logits.rows(i, i + 1));
        });
    for (int i = 0; i < ready.size(); i++) {
      if (ready.get(i).hasGrammar()) ready.get(i).choose(logits.rows(i, i + 1));
    }
  }
}
