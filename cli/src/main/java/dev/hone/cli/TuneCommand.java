package dev.hone.cli;

import dev.hone.tune.run.TuneRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `hone tune`: a checkpoint and a file of examples in, a better model out.
@Command(
    name = "tune",
    header = "Fine-tunes a model on a file of examples.",
    description = {
      "",
      "Checks the data, prints its plan, trains, and writes an adapter (or, with --method full, a"
          + " model) to --out, beside metrics.csv, metrics.jsonl, loss.html and summary.json.",
      "Ctrl-C ends the step, saves, and exits with code 1; --resume then goes on to the same"
          + " result.",
      "The best step is the one with the least held-out loss, or with --metric the one whose"
          + " answers are best.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone tune --base=hone|DIR|ORG/NAME --data=FILE --out=DIR [OPTIONS]",
    footer = {
      "",
      "Examples:",
      "  hone tune --base models/base --data train.jsonl --out runs/first",
      "  hone tune --base models/base --data train.jsonl --valid valid.jsonl --out runs/r8 \\",
      "    --rank 8 --lr 3e-4 --epochs 2 --patience 3",
      "  hone tune --base hone --data labels.jsonl --out runs/labels --metric exact --metric-rows"
          + " 50",
      "  hone tune --base models/base --data train.csv --out runs/full --method full --lr 1e-5"
    })
final class TuneCommand implements Callable<Integer> {
  @Option(
      names = "--base",
      required = true,
      paramLabel = "hone|DIR|ORG/NAME",
      converter = BaseConverter.class,
      description =
          "The model to start from: a Hugging Face directory, org/name of the hub, or hone, the"
              + " embedded one.")
  private Path base;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "Training rows: .jsonl or .csv, each also gzipped (docs/data-format.md).")
  private Path data;

  @Option(
      names = "--valid",
      paramLabel = "FILE",
      description =
          "Held-out rows. Default: a tenth of the training rows is held out, at most 500.")
  private Optional<Path> valid = Optional.empty();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the result goes; a new or empty directory.")
  private Path out;

  @Option(
      names = "--resume",
      description = "Go on with the run in --out; give all other options as they were.")
  private boolean isResumed;

  @Mixin private BaseDtypeOption dtype;
  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;
  @Mixin private MethodOptions method;
  @Mixin private AdapterOptions adapter;
  @Mixin private TrainingOptions training;
  @Mixin private WatchOptions watch;
  @Mixin private AnswerOptions answers;
  @Mixin private DataOptions rows;

  @Spec private CommandSpec spec;

  private final Shell shell;

  TuneCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    base = HubBase.bring(shell, base);
    var typed = spec.root().commandLine().getParseResult().originalArgs();
    return new Tune(shell, answers.complete(request()), watch.isProfiled(), typed).run();
  }

  /// What the options ask for, but for a metric.
  TuneRequest request() throws IOException {
    return new TuneRequest(
        base,
        rows.source(data),
        valid.map(rows::source),
        out,
        method.method(adapter, base),
        dtype.of(base),
        training.hyper(watch),
        rows.maxLength(),
        rows.trainsOnPrompt(),
        threads.count(),
        isResumed,
        watch.probe(),
        Optional.empty());
  }
}
