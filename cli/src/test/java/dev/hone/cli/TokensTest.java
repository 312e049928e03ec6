package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.base.Embedded;
import dev.hone.model.checkpoint.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {
  @TempDir private Path dir;

  @Test
  void eachTokenIsToldWithItsIdAndTheNextCommand() throws IOException {
    int before = ModelConfig.read(Embedded.model().resolve("config.json")).vocabSize();
    var out = dir.resolve("out");
    var shell = new TestShell();
    var words =
        new String[] {
          "tokens", "--base", "hone", "--add", "<ticket>", "--add=</ticket>", "--out", "" + out
        };
    assertEquals(0, shell.hone(words), shell.err());
    assertEquals(before + 2, ModelConfig.read(out.resolve("config.json")).vocabSize());
    var printed = shell.out();
    assertTrue(
        printed.contains("2 new tokens, vocab_size %,d -> %,d\n".formatted(before, before + 2)),
        printed);
    assertTrue(
        printed.matches("(?s).*</ticket>  %d +\\d pieces: .*".formatted(before + 1)), printed);
    assertTrue(
        printed.contains(
            "  hone tune --base %s --train-tokens '<ticket>' --train-tokens '</ticket>' "
                .formatted(out)),
        printed);
    assertEquals(2, shell.hone(words), "the directory is there");
  }

  @Test
  void withoutATokenNothingIsWritten() {
    var out = dir.resolve("out");
    var shell = new TestShell();
    assertEquals(2, shell.hone("tokens", "--base", "hone", "--out", out.toString()));
    assertTrue(shell.err().contains("--add"), shell.err());
    assertFalse(Files.exists(out));
  }
}
