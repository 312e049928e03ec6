package dev.hone.cli;

import java.io.PrintStream;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
  private long shownDone;

  PlainProgress(PrintStream err, LongSupplier nanoTime) {
    this.err = err;
    this.nanoTime = nanoTime;
  }

  @Override
  public void line(String text) {
    err.println(text);
  }

  @Override
  public void begin(String name, long done, long total) {
    begun = nanoTime.getAsLong();
    shownAt = begun;
    shownDone = done;
  }

  @Override
  public void show(Progress progress) {
    long now = nanoTime.getAsLong();
    boolean isLast = progress.done() == progress.total() && shownDone < progress.done();
    if (isLast || isDue(progress, now)) {
      err.println(text(progress));
      shownAt = now;
      shownDone = progress.done();
    }
  }

  private boolean isDue(Progress progress, long now) {
    double sinceShown = (now - shownAt) / 1e9;
    boolean isFarther = 20 * (progress.done() - shownDone) >= progress.total();
    double interval = Math.clamp((now - begun) / 20e9, USUAL, LONGEST);
    return sinceShown >= interval || isFarther && sinceShown >= SHORTEST;
  }

  private static String text(Progress progress) {
    boolean isLast = progress.done() == progress.total();
    var left = isLast ? "" : Numbers.duration(progress.secondsLeft()) + " left";
    var said =
        Stream.of(progress.measures(), left)
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining(", "));
    return "%s %s of %s%s"
        .formatted(
            progress.unit(),
            Numbers.count(progress.done()),
            Numbers.count(progress.total()),
            said.isEmpty() ? "" : ": " + said);
  }

  @Override
  public void close() {}
}
