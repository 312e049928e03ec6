package dev.hone.cli;

import dev.hone.model.UsageException;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;

/// What `hone export` writes.
enum ExportTarget {
  PEFT("peft"),
  HF("hf"),
  GGUF("gguf"),
  GGUF_LORA("gguf-lora"),
  OLLAMA("ollama");

  private final String word;

  ExportTarget(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }

  /// Whether it holds the adapter alone, for others to put on its base.
  boolean isAdapter() {
    return this == PEFT || this == GGUF_LORA;
  }

  static final class Converter implements ITypeConverter<ExportTarget> {
    @Override
    public ExportTarget convert(String value) {
      return Arrays.stream(values())
          .filter(target -> target.word.equals(value))
          .findFirst()
          .orElseThrow(() ->
              new UsageException(
                  "--to %s: there is no such form".formatted(value),
                  "the forms are "
                      + Arrays.stream(values())
                          .map(ExportTarget::toString)
                          .collect(Collectors.joining(", "))));
    }
  }
}
