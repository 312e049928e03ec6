package dev.hone.cli;

import dev.hone.model.checkpoint.HubSnapshot;
import dev.hone.tensor.ProductRate;
import dev.hone.tune.run.Summary;
import dev.hone.tune.run.TuneRequest;
import dev.hone.tune.run.TuneRun;
import dev.hone.tune.train.DivergedException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Runs one `hone tune`: shows it, lets the user stop it, draws its loss, and says how it ended.
final class Tune {
  private static final Duration RATE_TIME = Duration.ofMillis(300);

  private final Shell shell;
  private final TuneRequest request;
  private final boolean isProfiled;
  private final List<String> typed;

  /// @param isProfiled whether to print where time went
  /// @param typed the command line, to say how to go on
  Tune(Shell shell, TuneRequest request, boolean isProfiled, List<String> typed) {
    this.shell = shell;
    this.request = request;
    this.isProfiled = isProfiled;
    this.typed = typed;
  }

  /// @return the exit code
  int run() throws IOException {
    double rate = isProfiled ? ProductRate.measure(request.threads(), RATE_TIME) : 0;
    try (var progress = TuneProgress.on(shell);
        var interrupt = Interrupt.listen(() -> progress.note(Interrupt.STOPPING))) {
      var summary = train(progress, interrupt);
      progress.close();
      if (isProfiled) {
        progress.times().ifPresent(times -> new ProfileTable(times, rate).print(shell.out()));
      }
      LossPlot.write(request.out(), title());
      return summary.isPresent() ? finished(summary.get()) : stopped(progress);
    }
  }

  /// A run that diverged leaves its curve, which shows where.
  private Optional<Summary> train(TuneProgress progress, Interrupt interrupt) throws IOException {
    try {
      return TuneRun.run(request, progress, interrupt);
    } catch (DivergedException e) {
      progress.close();
      LossPlot.write(request.out(), title());
      throw e;
    }
  }

  private String title() {
    return "%s, %s, %s"
        .formatted(
            HubSnapshot.labelOf(request.base()),
            request.method().label(),
            request.train().file().getFileName());
  }

  private int finished(Summary summary) {
    new TuneResult(request, summary).print(shell.out());
    return ErrorReport.FINE;
  }

  private int stopped(TuneProgress progress) {
    shell
        .err()
        .printf(
            "stopped after step %s of %s; what was trained is saved in %s. To go on:%n  %s%n",
            Numbers.count(progress.step()),
            Numbers.count(progress.totalSteps()),
            request.out(),
            ShellQuotes.resumeCommand(typed));
    return ErrorReport.FAILED;
  }
}
