package dev.hone.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// A shell that nobody sits at: what is written to it can be read back.
final class TestShell {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Shell shell;

  TestShell() {
    this("", Map.of());
  }

  TestShell(String input, Map<String, String> environment) {
    this.shell =
        new Shell(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            false,
            environment);
  }

  Shell shell() {
    return shell;
  }

  /// Runs `hone` with these words.
  int hone(String... args) {
    return Main.run(shell, args);
  }

  String out() {
    shell.out().flush();
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
