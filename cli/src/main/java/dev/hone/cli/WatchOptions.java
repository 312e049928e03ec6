package dev.hone.cli;

import dev.hone.tune.run.TuneRequest.Hyper;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// When `hone tune` measures, saves and ends. What is left out is as in [Hyper#DEFAULT].
@Command(header = "Measuring, saving, stopping:")
final class WatchOptions {
  private static final Hyper DEFAULT = Hyper.DEFAULT;

  @Option(
      names = "--eval-every",
      paramLabel = "STEPS",
      description =
          "Held-out loss every so many steps, and at each epoch's end; 0 for these alone. Default:"
              + " so that it stays cheap.")
  private Optional<Integer> evalEvery = Optional.empty();

  @Option(
      names = "--patience",
      paramLabel = "N",
      description =
          "Stop after so many evaluations without a better loss (with --metric of hone tune: a"
              + " better metric); 0 never. Default: 0.")
  private int patience = DEFAULT.patience();

  @Option(
      names = "--checkpoint-every",
      paramLabel = "STEPS",
      description =
          "Save what --resume needs every so many steps; 0 every few seconds. Default: 0.")
  private int checkpointEvery = DEFAULT.checkpointEvery();

  @Option(
      names = "--probe",
      paramLabel = "FILE",
      description =
          "Text whose loss before and after shows what is forgotten. Default: a small built-in"
              + " one.")
  private Optional<Path> probe = Optional.empty();

  @Option(
      names = "--profile",
      description = "Print where the time of training went, operation by operation.")
  private boolean isProfiled;

  boolean isProfiled() {
    return isProfiled;
  }

  OptionalInt evalEvery() {
    return evalEvery
        .map(steps -> OptionalInt.of(Bounds.atLeast(0, "--eval-every", steps)))
        .orElse(OptionalInt.empty());
  }

  int patience() {
    return Bounds.atLeast(0, "--patience", patience);
  }

  Optional<Path> probe() {
    return probe;
  }

  int checkpointEvery() {
    return Bounds.atLeast(0, "--checkpoint-every", checkpointEvery);
  }
}
