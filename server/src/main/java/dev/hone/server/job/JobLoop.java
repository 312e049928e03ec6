package dev.hone.server.job;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A thread that does one piece of work after the other, and looks for more now and then.
final class JobLoop implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);

  /// A piece of work.
  @FunctionalInterface
  interface Work {
    /// @return whether there was any
    boolean doNext() throws IOException, InterruptedException;
  }

  private final Work work;
  private final JobSettings.Warning warning;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  JobLoop(String name, Work work, JobSettings.Warning warning) {
    this.work = work;
    this.warning = warning;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Whether there is a thread that looks for work.
  boolean isWorking() {
    return !isClosing() && thread.isAlive();
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private void run() {
    try {
      while (!isClosing()) {
        closing.await(pauseAfterNext().toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// A full disk or a database that is away may pass, and what is wrong with one job, even by our
  /// mistake, must not stop all others: its job fails after some attempts.
  private Duration pauseAfterNext() throws InterruptedException {
    try {
      return work.doNext() ? Duration.ZERO : PAUSE;
    } catch (IOException | RuntimeException e) {
      warning.warn(thread.getName(), e);
      return PAUSE_AFTER_FAILURE;
    }
  }

  /// Lets the work that is going on end.
  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
