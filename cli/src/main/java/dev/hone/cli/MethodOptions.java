package dev.hone.cli;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.LoraConfig;
import dev.hone.model.adapter.Targets;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.tune.run.Method;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What `hone tune` trains.
@Command(header = "What is trained:")
final class MethodOptions {
  private static final int DEFAULT_RANK = 16;

  /// The words of `--dtype`.
  enum Stored {
    float32(Dtype.F32),
    bfloat16(Dtype.BF16);

    private final Dtype stored;

    Stored(Dtype stored) {
      this.stored = stored;
    }
  }

  /// The words of `--method`.
  enum Kind {
    lora,
    full
  }

  @Option(
      names = "--method",
      paramLabel = "lora|full",
      defaultValue = "lora",
      description =
          "A low-rank adapter beside frozen weights, or every weight. Default: ${DEFAULT-VALUE}.")
  private Kind kind = Kind.lora;

  @Option(
      names = "--rank",
      paramLabel = "R",
      description = "Inner dimension of the adapter. Default: 16.")
  private Optional<Integer> rank = Optional.empty();

  @Option(
      names = "--alpha",
      paramLabel = "A",
      description = "Numerator of the adapter's scale. Default: twice the rank.")
  private Optional<Double> alpha = Optional.empty();

  @Option(
      names = "--targets",
      paramLabel = "NAMES",
      description =
          "Which layers are adapted: all-linear, or names such as q_proj,v_proj. Default:"
              + " all-linear.")
  private Optional<String> targets = Optional.empty();

  @Option(
      names = "--dropout",
      paramLabel = "P",
      description = "Dropout on what the adapter sees. Default: 0.")
  private Optional<Double> dropout = Optional.empty();

  @Option(names = "--rslora", description = "Scale by alpha/√rank instead of alpha/rank (rsLoRA).")
  private boolean useRslora;

  @Option(
      names = "--dtype",
      paramLabel = "float32|bfloat16",
      description =
          "What --method full stores its weights in, and is measured in at the end. Default:"
              + " float32.")
  private Optional<Stored> dtype = Optional.empty();

  Method method() {
    return switch (kind) {
      case lora -> new Method.Lora(lora());
      case full -> full();
    };
  }

  private LoraConfig lora() {
    if (dtype.isPresent()) {
      throw new UsageException(
          "--dtype is for the weights of --method full, and an adapter is stored in float32",
          "leave it out; hone merge has a --dtype too");
    }
    int r = Bounds.atLeast(1, "--rank", rank.orElse(DEFAULT_RANK));
    return new LoraConfig(
        r,
        Bounds.positive("--alpha", alpha.orElse(2.0 * r)),
        Targets.parse(targets.orElse(Targets.ALL_LINEAR)),
        Bounds.share("--dropout", dropout.orElse(0.0)),
        useRslora);
  }

  private Method full() {
    refuseWithFull("--rank", rank.isPresent());
    refuseWithFull("--alpha", alpha.isPresent());
    refuseWithFull("--targets", targets.isPresent());
    refuseWithFull("--dropout", dropout.isPresent());
    refuseWithFull("--rslora", useRslora);
    return new Method.Full(dtype.map(d -> d.stored).orElse(Dtype.F32));
  }

  private static void refuseWithFull(String option, boolean isGiven) {
    if (isGiven) {
      throw new UsageException(
          option + " describes an adapter, and --method full trains none",
          "leave it out, or use --method lora");
    }
  }
}
