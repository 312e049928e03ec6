package dev.hone.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Turns from a file or pipe: one per line, empty lines left out.
final class LineInput implements ChatInput {
  private final BufferedReader lines;

  LineInput(InputStream in) {
    this.lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  @Override
  public Optional<String> next() throws IOException {
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!line.isBlank()) {
        return Optional.of(line);
      }
    }
    return Optional.empty();
  }

  @Override
  public BooleanSupplier answering() {
    return () -> false;
  }

  @Override
  public void answered() {}

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
