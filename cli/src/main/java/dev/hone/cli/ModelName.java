package dev.hone.cli;

import dev.hone.hosted.HostedName;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;

/// A model as `--base` names it: one on this machine, or one that is asked over the network.
sealed interface ModelName {
  record Local(Path directory) implements ModelName {}

  record Hosted(HostedName name) implements ModelName {}

  /// The same; a model of the hub is in its cache then.
  default ModelName brought(Shell shell) throws IOException {
    return switch (this) {
      case Local(var directory) -> new Local(HubBase.bring(shell, directory));
      case Hosted hosted -> hosted;
    };
  }

  /// Reads it.
  final class Converter implements ITypeConverter<ModelName> {
    @Override
    public ModelName convert(String value) {
      return HostedName.parse(value)
          .<ModelName>map(Hosted::new)
          .orElseGet(() -> new Local(new BaseConverter().convert(value)));
    }
  }
}
