package dev.hone.cli;

import dev.hone.tune.run.EvalRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone eval`: how well a model predicts the answers of a file.
@Command(
    name = "eval",
    header = "Measures a model on a file of examples.",
    description = {
      "",
      "Prints held-out loss (nats per token), perplexity, bits per byte and token accuracy over the"
          + " answers in the file, prompts being given. A base and its adapter on the same file"
          + " show what training has gained.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone eval --base=DIR --data=FILE [OPTIONS]",
    footer = {
      "",
      "Examples:",
      "  hone eval --base models/base --data valid.jsonl",
      "  hone eval --base models/base --adapter runs/first --data valid.jsonl --json"
    })
final class EvalCommand implements Callable<Integer> {
  @Option(
      names = "--base",
      required = true,
      paramLabel = "DIR",
      description = "The model, a Hugging Face directory.")
  private Path base;

  @Option(names = "--adapter", paramLabel = "DIR", description = "A LoRA adapter for it.")
  private Optional<Path> adapter = Optional.empty();

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "Rows to measure on: .jsonl or .csv (docs/data-format.md).")
  private Path data;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean isJson;

  @Mixin private BaseDtypeOption dtype;
  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;
  @Mixin private DataOptions rows;

  private final Shell shell;

  EvalCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    return new Eval(shell, request(), isJson).run();
  }

  /// What the options ask for.
  EvalRequest request() {
    return new EvalRequest(
        base,
        adapter,
        dtype.asked(),
        rows.source(data),
        rows.maxLength(),
        rows.trainsOnPrompt(),
        threads.count());
  }
}
