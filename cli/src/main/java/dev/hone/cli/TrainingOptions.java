package dev.hone.cli;

import dev.hone.tune.run.Recompute;
import dev.hone.tune.run.TuneRequest.Hyper;
import dev.hone.tune.train.Schedule;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// How `hone tune` trains. What is left out is as in [Hyper#DEFAULT].
@Command(header = "How it is trained:")
final class TrainingOptions {
  private static final Hyper DEFAULT = Hyper.DEFAULT;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description = "Peak learning rate. Default: by method and model size.")
  private Optional<Double> learningRate = Optional.empty();

  @Option(names = "--epochs", paramLabel = "N", description = "Passes over the rows. Default: 3.")
  private int epochs = DEFAULT.epochs();

  @Option(
      names = "--batch-size",
      paramLabel = "ROWS",
      description = "Rows per optimiser step. Default: 16.")
  private int batchSize = DEFAULT.batchSize();

  @Option(
      names = "--micro-batch-tokens",
      paramLabel = "TOKENS",
      description =
          "Tokens that run through the model at once; fewer need less memory. Default: 512.")
  private int microBatchTokens = DEFAULT.microBatchTokens();

  @Option(
      names = "--no-shared-prefix",
      description = "Compute each row whole, also where rows begin alike.")
  private boolean repeatsPrefixes = !DEFAULT.sharesPrefixes();

  @Option(
      names = "--schedule",
      paramLabel = "linear|cosine|constant|wsd",
      description =
          "How the rate moves after warm-up; wsd: stable, then down over the last fifth. Default:"
              + " linear, down to zero.")
  private Schedule schedule = DEFAULT.schedule();

  @Option(
      names = "--warmup-ratio",
      paramLabel = "SHARE",
      description = "Share of the steps for warm-up. Default: 0.03.")
  private double warmupRatio = DEFAULT.warmupRatio();

  @Option(
      names = "--weight-decay",
      paramLabel = "W",
      description = "AdamW's, on matrices only. Default: 0.")
  private double weightDecay = DEFAULT.weightDecay();

  @Option(
      names = "--beta2",
      paramLabel = "B",
      description = "AdamW's, of the second moment. Default: 0.999.")
  private double beta2 = DEFAULT.beta2();

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      description = "Largest global gradient norm; 0 for none. Default: 1.")
  private double clipNorm = DEFAULT.clipNorm();

  @Option(
      names = "--recompute",
      paramLabel = "auto|on|off",
      description =
          "Compute activations twice: less memory, about a third slower. Default: auto, where the"
              + " run does not fit otherwise.")
  private Recompute recompute = DEFAULT.recompute();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the split, the order of rows, dropout and the start. Default: 1.")
  private long seed = DEFAULT.seed();

  Hyper hyper(WatchOptions watch) {
    return new Hyper(
        learningRate.map(rate -> OptionalDouble.of(checked(rate))).orElse(OptionalDouble.empty()),
        Bounds.atLeast(1, "--epochs", epochs),
        Bounds.atLeast(1, "--batch-size", batchSize),
        Bounds.atLeast(1, "--micro-batch-tokens", microBatchTokens),
        !repeatsPrefixes,
        schedule,
        Bounds.share("--warmup-ratio", warmupRatio),
        Bounds.between(0, 10, "--weight-decay", weightDecay),
        Bounds.between(0, 0.9999999, "--beta2", beta2),
        Bounds.notNegative("--clip", clipNorm),
        recompute,
        watch.evalEvery(),
        watch.patience(),
        watch.checkpointEvery(),
        seed);
  }

  private static double checked(double rate) {
    return Bounds.between(0, 10, "--lr", Bounds.positive("--lr", rate));
  }
}
