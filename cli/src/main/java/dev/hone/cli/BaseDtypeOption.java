package dev.hone.cli;

import dev.hone.model.decoder.BaseDtype;
import java.util.Optional;
import picocli.CommandLine.Option;

/// `--base-dtype`.
final class BaseDtypeOption {
  /// Its words, as [BaseDtype#label] has them.
  enum Word {
    float32,
    bfloat16,
    int8
  }

  @Option(
      names = "--base-dtype",
      paramLabel = "float32|bfloat16|int8",
      description =
          "What the base's matrices are kept in: bfloat16 takes half the memory, int8 a quarter."
              + " Default: what the adapter was trained on, else float32.")
  private Optional<Word> word = Optional.empty();

  /// Empty where nothing was said.
  Optional<BaseDtype> asked() {
    return word.map(w -> BaseDtype.byLabel(w.name()).orElseThrow());
  }
}
