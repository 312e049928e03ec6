package dev.hone.cli;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.tune.run.Method;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What `hone tune` trains.
@Command(header = "What is trained:")
final class MethodOptions {
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
      names = "--dtype",
      paramLabel = "float32|bfloat16",
      description =
          "What --method full stores its weights in, and is measured in at the end. Default:"
              + " float32.")
  private Optional<Stored> dtype = Optional.empty();

  /// @param base the model that is trained
  Method method(AdapterOptions adapter, Path base) throws CheckpointException {
    return switch (kind) {
      case lora -> lora(adapter, base);
      case full -> full(adapter);
    };
  }

  private Method lora(AdapterOptions adapter, Path base) throws CheckpointException {
    if (dtype.isPresent()) {
      throw new UsageException(
          "--dtype is for the weights of --method full, and an adapter is stored in float32",
          "leave it out; hone merge has a --dtype too");
    }
    return adapter.method(base);
  }

  private Method full(AdapterOptions adapter) {
    adapter
        .firstGiven()
        .ifPresent(option -> {
          throw new UsageException(
              option + " describes an adapter, and --method full trains none",
              "leave it out, or use --method lora");
        });
    return new Method.Full(dtype.map(d -> d.stored).orElse(Dtype.F32));
  }
}
