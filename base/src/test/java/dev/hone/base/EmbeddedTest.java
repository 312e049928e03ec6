package dev.hone.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.language.LanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedTest {
  private static final int MEGABYTE = 1 << 20;

  @TempDir Path dir;

  /// It replays its proof when it is opened.
  @Test
  void theModelOpensAndIsSmall() throws IOException {
    var model = Embedded.model(dir);
    assertEquals(Path.of(Embedded.MODEL), model.getFileName());
    assertTrue(Files.size(model.resolve("model.safetensors")) <= 32 * MEGABYTE);
    LanguageModel.open(model).close();
  }

  /// All at once, into a cache that is not there yet.
  @Test
  void processesThatWriteItTogetherGetTheSame() throws Exception {
    var cache = dir.resolve("new").resolve("cache");
    List<Callable<Path>> tasks = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      tasks.add(() -> Embedded.model(cache));
    }
    try (var threads = Executors.newFixedThreadPool(tasks.size())) {
      for (var written : threads.invokeAll(tasks)) {
        assertEquals(Embedded.model(cache), written.get());
      }
    }
    try (var left = Files.list(Embedded.model(cache).getParent())) {
      assertEquals(1, left.count(), "nothing is left beside it");
    }
  }

  @Test
  void theTokenizerRoundTripsAnyUnicode() throws IOException {
    try (var model = LanguageModel.open(Embedded.model(dir))) {
      var tokenizer = model.tokenizer();
      var random = new SplittableRandom(1);
      for (int i = 0; i < 500; i++) {
        var text = new StringBuilder();
        for (int c = random.nextInt(1, 40); c > 0; c--) {
          text.appendCodePoint(codePoint(random));
        }
        assertEquals(text.toString(), tokenizer.decode(tokenizer.encode(text.toString())));
      }
    }
  }

  /// Half of them ASCII, the rest from all of Unicode but surrogates.
  private static int codePoint(SplittableRandom random) {
    if (random.nextBoolean()) {
      return random.nextInt(128);
    }
    int surrogates = Character.MAX_SURROGATE + 1 - Character.MIN_SURROGATE;
    int point = random.nextInt(Character.MAX_CODE_POINT + 1 - surrogates);
    return point < Character.MIN_SURROGATE ? point : point + surrogates;
  }

  @Test
  void theDemosRowsAreAllThere() throws IOException {
    Embedded.writeDemo(dir.resolve("demo"));
    assertEquals(360, Files.readAllLines(dir.resolve("demo/train.jsonl")).size());
    assertEquals(40, Files.readAllLines(dir.resolve("demo/valid.jsonl")).size());
    try (var policies = Files.list(dir.resolve("demo/policies"))) {
      assertEquals(8, policies.count());
    }
  }
}
