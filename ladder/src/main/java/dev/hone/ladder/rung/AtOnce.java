package dev.hone.ladder.rung;

import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/// Questions that are asked at the same time, and answers that are taken in the questions' order.
public final class AtOnce {
  private AtOnce() {}

  /// Asks the question at a place.
  @FunctionalInterface
  public interface Asking<T> {
    T at(int place) throws IOException;
  }

  /// Takes the answer at a place.
  @FunctionalInterface
  public interface Taking<T> {
    void take(int place, T answer) throws IOException;
  }

  /// Asks the questions from one place to another, and takes the answers on the caller's thread.
  /// What fails ends it: answers before it are taken, no other question is asked, and those that
  /// are under way are waited for.
  ///
  /// @param width the most that are under way; with 1 the caller's thread asks
  /// @param to behind the last one
  public static <T> void ask(int width, int from, int to, Asking<T> asking, Taking<T> taking)
      throws IOException {
    if (width == 1) {
      for (int place = from; place < to; place++) {
        taking.take(place, asking.at(place));
      }
      return;
    }
    var isOver = new AtomicBoolean();
    var answers = new ArrayList<Future<T>>();
    try (var pool = Executors.newFixedThreadPool(width, Thread.ofVirtual().factory())) {
      try {
        for (int place = from; place < to; place++) {
          int own = place;
          answers.add(pool.submit(() -> asked(asking, own, isOver)));
        }
        for (int place = from; place < to; place++) {
          taking.take(place, answer(answers.get(place - from)));
        }
      } finally {
        isOver.set(true);
      }
    }
  }

  private static <T> T asked(Asking<T> asking, int place, AtomicBoolean isOver) throws IOException {
    if (isOver.get()) {
      throw new CancellationException("an earlier question failed");
    }
    try {
      return asking.at(place);
    } catch (IOException | RuntimeException | Error e) {
      isOver.set(true);
      throw e;
    }
  }

  private static <T> T answer(Future<T> answer) throws IOException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
