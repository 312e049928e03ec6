package dev.hone.cli;

import java.io.PrintStream;
import java.util.function.LongSupplier;

/// Progress where no terminal is: a line now and then, so that a log stays readable. Often in the
/// beginning, when somebody may be watching, then less and less: after ten seconds or 5 % of the
/// steps, and later after a twentieth of the time that has passed.
final class PlainProgress implements ProgressDisplay {
  private static final double SHORTEST = 1;
  private static final double USUAL = 10;
  private static final double LONGEST = 300;

  private final PrintStream err;
  private final LongSupplier nanoTime;
  private long begun;
  private long shownAt;
  private long shownStep;

  PlainProgress(PrintStream err, LongSupplier nanoTime) {
    this.err = err;
    this.nanoTime = nanoTime;
  }

  @Override
  public void line(String text) {
    err.println(text);
  }

  @Override
  public void begin(long stepsDone, long totalSteps) {
    begun = nanoTime.getAsLong();
    shownAt = begun;
    shownStep = stepsDone;
  }

  @Override
  public void show(Progress progress) {
    long now = nanoTime.getAsLong();
    boolean isLast = progress.step() == progress.totalSteps() && shownStep < progress.step();
    if (isLast || isDue(progress, now)) {
      err.println(text(progress));
      shownAt = now;
      shownStep = progress.step();
    }
  }

  private boolean isDue(Progress progress, long now) {
    double sinceShown = (now - shownAt) / 1e9;
    boolean isFarther = 20 * (progress.step() - shownStep) >= progress.totalSteps();
    double interval = Math.clamp((now - begun) / 20e9, USUAL, LONGEST);
    return sinceShown >= interval || isFarther && sinceShown >= SHORTEST;
  }

  private static String text(Progress progress) {
    boolean isLast = progress.step() == progress.totalSteps();
    return "step %s of %s (epoch %d): %s%s"
        .formatted(
            Numbers.count(progress.step()),
            Numbers.count(progress.totalSteps()),
            progress.epoch(),
            progress.measures(),
            isLast ? "" : ", %s left".formatted(Numbers.duration(progress.secondsLeft())));
  }

  @Override
  public void close() {}
}
