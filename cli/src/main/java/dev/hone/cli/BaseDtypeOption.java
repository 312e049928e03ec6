package dev.hone.cli;

import dev.hone.model.decoder.BaseDtype;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// `--base-dtype`.
final class BaseDtypeOption {
  /// Its words, as [BaseDtype#label] has them.
  enum Word {
    float32,
    bfloat16,
    int8,
    stored
  }

  @Option(
      names = "--base-dtype",
      paramLabel = "float32|bfloat16|int8|stored",
      description =
          "What the base's matrices are kept in: bfloat16 takes half the memory, int8 a quarter."
              + " Default: what the adapter was trained on, else stored (in blocks, as the file has"
              + " them) for a quantised GGUF file and float32 for others.")
  private Optional<Word> word = Optional.empty();

  /// What was said, else what such a base is kept in.
  BaseDtype of(Path base) throws IOException {
    return word.isPresent() ? asked().orElseThrow() : BaseDtype.of(base);
  }

  /// Empty where nothing was said.
  Optional<BaseDtype> asked() {
    return word.map(w -> BaseDtype.byLabel(w.name()).orElseThrow());
  }
}
