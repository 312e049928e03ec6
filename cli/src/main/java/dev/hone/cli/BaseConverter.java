package dev.hone.cli;

import dev.hone.base.Embedded;
import dev.hone.model.checkpoint.CheckpointException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A `--base`: a directory, or `hone` for the embedded model. A directory of that name is `./hone`.
/// A model of the hub stays its name; [HubBase] brings it.
final class BaseConverter implements ITypeConverter<Path> {
  @Override
  public Path convert(String value) {
    if (!value.equals(Embedded.MODEL)) {
      return Path.of(value);
    }
    try {
      return Embedded.model();
    } catch (CheckpointException e) {
      throw new TypeConversionException("the embedded model: " + e.getMessage());
    }
  }
}
