package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainTest {
  @TempDir Path dir;

  /// From a recipe file and a corpus to a model that answers, its sources measured.
  @Test
  void aCorpusBecomesAModel() throws IOException {
    var corpus = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      corpus.append(
          "{\"text\": \"Story %d: the cat sat on the mat and the rat ran to the sea.\"}\n"
              .formatted(i));
    }
    var data = Files.writeString(dir.resolve("story-00.jsonl"), corpus);
    var recipe =
        Files.writeString(
            dir.resolve("small.args"),
            """
            # a small model
            --vocab-size 320 --layers 1 --width 32 --heads 2 --kv-heads 1 --mlp 64
            --context 32 --held-out 0.1
            --epochs 2 --batch-size 16 --lr 1e-2 --schedule wsd --beta2 0.95
            """);
    var out = dir.resolve("run");
    var shell = new TestShell();

    int code =
        shell.hone("pretrain", "@" + recipe, "--data", data.toString(), "--out", out.toString());

    assertEquals(0, code, shell.err());
    assertTrue(shell.out().contains("held out  bits per byte  documents\nstory "), shell.out());
    var summary = Files.readString(out.resolve("model").resolve("summary.json"));
    assertTrue(
        value(summary, "held_out_loss_after") < 0.5 * value(summary, "held_out_loss_before"));

    var chat = new TestShell();
    var model = out.resolve("model").toString();
    assertEquals(0, chat.hone("chat", "--base", model, "--prompt", "Hello"), chat.err());
  }

  private static double value(String summary, String name) {
    var line = summary.lines().filter(text -> text.contains('"' + name + '"')).findFirst();
    return Double.parseDouble(line.orElseThrow().replaceAll(".*: |,", ""));
  }
}
