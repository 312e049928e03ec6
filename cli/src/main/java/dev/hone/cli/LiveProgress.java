package dev.hone.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;

/// Progress on a terminal: one line that changes in place, under lines that stay.
final class LiveProgress implements ProgressDisplay {
  private static final int UPDATE_MILLIS = 200;
  private static final int USUAL_WIDTH = 80;
  private static final String CLEAR_LINE = "\r\033[K";

  private final Line line;
  private Optional<ProgressBar> bar = Optional.empty();
  private volatile double secondsLeft = Double.NaN;

  /// @param width the terminal's columns, which change when its window does; 0 where unknown
  LiveProgress(PrintStream err, IntSupplier width) {
    this.line = new Line(err, width);
  }

  /// On the terminal that standard error is.
  static LiveProgress onStandardError(PrintStream err) throws IOException {
    // A whole JLine terminal would ask the terminal what it can do, and the answers would end up in
    // the user's shell.
    var provider = TerminalProvider.load(TerminalBuilder.PROP_PROVIDER_FFM);
    return new LiveProgress(err, () -> provider.systemStreamWidth(SystemStream.Error));
  }

  @Override
  public void line(String text) {
    line.above(text);
  }

  @Override
  public void begin(String name, long done, long total) {
    bar =
        Optional.of(
            new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(total)
                .startsFrom(done, Duration.ZERO)
                .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .setEtaFunction(state -> eta())
                .setConsumer(line)
                .build());
  }

  private Optional<Duration> eta() {
    return Double.isNaN(secondsLeft)
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds(Math.round(secondsLeft)));
  }

  @Override
  public void show(Progress progress) {
    secondsLeft = progress.secondsLeft();
    bar.ifPresent(
        shown -> shown.setExtraMessage(" " + progress.measures()).stepTo(progress.done()));
  }

  @Override
  public void close() {
    bar.ifPresent(shown -> {
      shown.close();
      line.end();
    });
    bar = Optional.empty();
  }

  /// The line that changes. The bar's own thread writes it.
  private static final class Line implements ProgressBarConsumer {
    private final PrintStream err;
    private final IntSupplier width;

    Line(PrintStream err, IntSupplier width) {
      this.err = err;
      this.width = width;
    }

    /// Writes text that stays, where the line is now; the line comes again below.
    synchronized void above(String text) {
      err.print(CLEAR_LINE);
      err.println(text);
    }

    @Override
    public int getMaxRenderedLength() {
      int columns = width.getAsInt();
      return (columns > 0 ? columns : USUAL_WIDTH) - 1;
    }

    @Override
    public synchronized void accept(String rendered) {
      err.print(CLEAR_LINE + rendered);
      err.flush();
    }

    /// Lets the line stay as it is. The bar's own call to [#close] does not come when the bar was
    /// short-lived.
    synchronized void end() {
      err.println();
    }

    @Override
    public void close() {}
  }
}
