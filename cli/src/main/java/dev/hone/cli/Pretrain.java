package dev.hone.cli;

import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.tune.data.Source;
import dev.hone.tune.eval.EvalRequest;
import dev.hone.tune.eval.EvalRun;
import dev.hone.tune.pretrain.Pretraining;
import dev.hone.tune.run.Method;
import dev.hone.tune.run.TuneRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Runs one `hone pretrain`: prepares, trains as `hone tune` does, and measures each source.
final class Pretrain {
  private final Shell shell;
  private final Pretraining.Request request;
  private final TuneRequest.Hyper hyper;
  private final int threads;
  private final boolean isResumed;
  private final List<String> typed;

  /// @param typed the command line, to say how to go on
  Pretrain(
      Shell shell,
      Pretraining.Request request,
      TuneRequest.Hyper hyper,
      int threads,
      boolean isResumed,
      List<String> typed) {
    this.shell = shell;
    this.request = request;
    this.hyper = hyper;
    this.threads = threads;
    this.isResumed = isResumed;
    this.typed = typed;
  }

  /// @return the exit code
  int run(Optional<Path> probe, boolean isProfiled) throws IOException {
    Pretraining prepared;
    try (var progress = TuneProgress.on(shell)) {
      prepared = Pretraining.prepare(request, progress::phase);
    }
    int code = new Tune(shell, tuning(prepared, probe), isProfiled, typed).run();
    if (code == ErrorReport.FINE) {
      measure(prepared);
    }
    return code;
  }

  private TuneRequest tuning(Pretraining prepared, Optional<Path> probe) {
    return new TuneRequest(
        prepared.start(),
        source(prepared.training()),
        Optional.of(source(prepared.heldOut())),
        prepared.model(),
        new Method.Full(Dtype.F32),
        BaseDtype.FLOAT32,
        hyper,
        OptionalInt.of(request.shape().contextLength()),
        false,
        threads,
        isResumed,
        probe,
        Optional.empty());
  }

  private void measure(Pretraining prepared) throws IOException {
    var table = Table.ofNumbers().row("held out", "bits per byte", "documents");
    for (var source : prepared.heldOutBySource().entrySet()) {
      var evaluated =
          new EvalRequest(
              prepared.model(),
              Optional.empty(),
              Optional.empty(),
              source(source.getValue()),
              OptionalInt.of(request.shape().contextLength()),
              false,
              threads);
      try (var progress = TuneProgress.on(shell)) {
        var result = EvalRun.run(evaluated, progress);
        table.row(
            source.getKey(),
            Numbers.loss(result.evaluation().bitsPerByte()),
            Numbers.count(result.rows()));
      }
    }
    shell.out().println();
    table.lines().forEach(shell.out()::println);
  }

  private static Source source(Path file) {
    return new Source(file);
  }
}
