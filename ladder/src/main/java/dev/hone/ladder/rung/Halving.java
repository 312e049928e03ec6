package dev.hone.ladder.rung;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/// Successive halving (Jamieson and Talwalkar 2016, arXiv 1502.07943): all candidates on a few
/// items, the better half on twice as many, until one is left or the next round would cost too
/// much.
final class Halving {
  private Halving() {}

  /// Asks a candidate about an item; several at once.
  @FunctionalInterface
  interface Asking<T> {
    String answer(T candidate, int item) throws IOException;
  }

  /// @param candidate that is left, or does best so far
  /// @param calls answers that were asked for
  record Result<T>(T candidate, int calls) {}

  /// A candidate and what it has scored.
  private static final class Runner<T> {
    private final T candidate;
    private double sum;
    private int asked;

    Runner(T candidate) {
      this.candidate = candidate;
    }

    double mean() {
      return asked == 0 ? 0 : sum / asked;
    }
  }

  /// On the selection rows.
  ///
  /// @param first rows of the first round
  /// @param budget the most answers
  /// @param told how many there are, after each
  static <T> Result<T> run(
      List<T> candidates,
      int first,
      Materials materials,
      int budget,
      IntConsumer told,
      Asking<T> asking)
      throws IOException {
    var left = new ArrayList<Runner<T>>();
    candidates.forEach(candidate -> left.add(new Runner<>(candidate)));
    var selection = materials.selection();
    int items = selection.size();
    var calls = new AtomicInteger();
    int rows = Math.min(first, items);
    while (left.size() > 1 && calls.get() + cost(left, rows) <= budget) {
      for (var runner : left) {
        AtOnce.ask(
            materials.width(),
            runner.asked,
            rows,
            item -> asking.answer(runner.candidate, item),
            (item, answer) -> {
              runner.sum += materials.metric().score(selection.get(item).reference(), answer);
              runner.asked++;
              told.accept(calls.incrementAndGet());
            });
      }
      left.sort((a, b) -> Double.compare(b.mean(), a.mean()));
      left.subList((left.size() + 1) / 2, left.size()).clear();
      rows = Math.min(2 * rows, items);
    }
    return new Result<>(left.getFirst().candidate, calls.get());
  }

  private static <T> int cost(List<Runner<T>> left, int rows) {
    return left.stream().mapToInt(runner -> rows - runner.asked).sum();
  }
}
