package dev.hone.cli;

import dev.hone.tune.run.EvalRequest;
import dev.hone.tune.run.EvalResult;
import dev.hone.tune.run.EvalRun;
import java.io.IOException;

/// Runs one `hone eval` and prints its result.
final class Eval {
  private final Shell shell;
  private final EvalRequest request;
  private final boolean isJson;

  Eval(Shell shell, EvalRequest request, boolean isJson) {
    this.shell = shell;
    this.request = request;
    this.isJson = isJson;
  }

  /// @return the exit code
  int run() throws IOException {
    try (var progress = TuneProgress.on(shell)) {
      var result = EvalRun.run(request, progress);
      facts(result).print(shell.out(), isJson);
      return ErrorReport.FINE;
    }
  }

  static Facts facts(EvalResult result) {
    var e = result.evaluation();
    return new Facts()
        .add("held_out_loss", "held-out loss", e.loss(), Numbers.loss(e.loss()) + " nats per token")
        .add("perplexity", "perplexity", e.perplexity(), Numbers.perplexity(e.perplexity()))
        .add("bits_per_byte", "bits per byte", e.bitsPerByte(), Numbers.loss(e.bitsPerByte()))
        .add(
            "token_accuracy",
            "token accuracy",
            e.tokenAccuracy(),
            Numbers.percent(e.tokenAccuracy()))
        .count("rows", "rows", result.rows())
        .count("tokens", "tokens", result.tokens())
        .count("scored_tokens", "of these scored", e.tokens())
        .add("seconds", "time", result.seconds(), Numbers.duration(result.seconds()));
  }
}
