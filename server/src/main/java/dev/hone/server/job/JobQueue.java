package dev.hone.server.job;

import dev.hone.server.state.State;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/// The two threads that bring jobs forward: one checks files, one runs workers.
public final class JobQueue implements AutoCloseable {
  private final JobLoop validating;
  private final JobLoop running;
  private final AtomicBoolean isClosing;

  private JobQueue(JobLoop validating, JobLoop running, AtomicBoolean isClosing) {
    this.validating = validating;
    this.running = running;
    this.isClosing = isClosing;
  }

  /// Takes up what an earlier server left, and whatever comes.
  public static JobQueue start(State state, JobSettings settings) throws IOException {
    var validator = new FileValidator(state);
    var validating = new JobLoop("hone-files", validator::validateNext, settings.warning());
    var closing = new AtomicBoolean();
    var runner = new JobRunner(state, settings, closing::get);
    runner.recover();
    var running = new JobLoop("hone-jobs", runner::runNext, settings.warning());
    validating.start();
    running.start();
    return new JobQueue(validating, running, closing);
  }

  /// Whether jobs go on.
  public boolean isWorking() {
    return !isClosing.get() && validating.isWorking() && running.isWorking();
  }

  /// Stops both. A job that runs is saved, and goes on with the next server.
  @Override
  public void close() {
    isClosing.set(true);
    running.close();
    validating.close();
  }
}
