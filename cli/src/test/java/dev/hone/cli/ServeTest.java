package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `hone serve` refuses before it loads anything.
class ServeTest {
  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --host 0.0.0.0             | --host 0.0.0.0: listening wider than this machine without keys
          --host nowhere.invalid     | --host nowhere.invalid: there is no such address
          --cors *                   | --cors *: every page that anybody opens could ask here
          --cors https://a.test/x    | --cors https://a.test/x: is no origin
          --max-body 1               | --max-body must be between 1kB and 1GB
          --file-quota 5x            | Invalid value for option '--file-quota'
          --log-prompts              | --log-prompts has no effect without --log
          --tls-key key.pem          | --tls-certificate and --tls-key need each other
          """)
  void whatMakesNoSenseIsNamed(String options, String message) {
    var words = new ArrayList<>(List.of("serve", "--data-dir", dir.resolve("data").toString()));
    words.addAll(List.of(options.strip().split(" ")));
    var shell = new TestShell();
    assertEquals(2, shell.hone(words.toArray(String[]::new)), shell::err);
    assertTrue(shell.err().startsWith("error: " + message), shell::err);
    assertEquals(2, shell.err().lines().count(), shell::err);
  }
}
