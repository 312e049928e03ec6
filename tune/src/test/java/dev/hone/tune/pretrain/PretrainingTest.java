package dev.hone.tune.pretrain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.language.LanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainingTest {
  private static final Architecture SHAPE = new Architecture(300, 16, 32, 2, 2, 1, 32);

  @TempDir Path dir;

  private List<Path> files;

  @BeforeEach
  void writeCorpus() throws IOException {
    var rows = new StringBuilder();
    var text = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      rows.append(
          "{\"text\": \"Story %d: the cat sat on the mat.\", \"source\": 1}\n".formatted(i));
      text.append("Line one of %d.\n\nIts second paragraph.\n\n\n".formatted(i));
    }
    files =
        List.of(
            Files.writeString(dir.resolve("story-00.jsonl"), rows),
            Files.writeString(dir.resolve("notes.txt"), text));
  }

  private Pretraining prepare(String out) throws IOException {
    return prepare(out, 3);
  }

  private Pretraining prepare(String out, long seed) throws IOException {
    var request =
        new Pretraining.Request(files, dir.resolve(out), Optional.empty(), SHAPE, 0.1, seed);
    return Pretraining.prepare(request, phase -> {});
  }

  @Test
  void everyDocumentIsTrainedOnOrHeldOut() throws IOException {
    var prepared = prepare("out");
    var training = texts(prepared.training());
    var heldOut = texts(prepared.heldOut());
    assertEquals(400, training.size() + heldOut.size());
    assertTrue(heldOut.size() > 10 && heldOut.size() < 90, heldOut.size() + " held out");
    assertEquals(Set.of("notes", "story"), prepared.heldOutBySource().keySet());
    var bySource = new TreeSet<String>();
    for (var file : prepared.heldOutBySource().values()) {
      bySource.addAll(texts(file));
    }
    assertEquals(new TreeSet<>(heldOut), bySource);
    assertTrue(
        training.stream().anyMatch(row -> row.contains("7.\\n\\nIts second")), "" + training);
  }

  private static List<String> texts(Path file) throws IOException {
    return Files.readAllLines(file);
  }

  @Test
  void theModelLoadsAndTheSameSeedGivesTheSameBytes() throws IOException {
    var first = prepare("first");
    var second = prepare("second");
    var names = new ArrayList<String>();
    try (var written = Files.list(first.start())) {
      written.map(file -> file.getFileName().toString()).sorted().forEach(names::add);
    }
    assertEquals(5, names.size());
    for (var name : names) {
      assertArrayEquals(
          Files.readAllBytes(first.start().resolve(name)),
          Files.readAllBytes(second.start().resolve(name)),
          name);
    }
    try (var model = LanguageModel.open(first.start())) {
      assertEquals(300, model.config().vocabSize());
      assertEquals(Set.of(0, 3), model.stopIds());
    }
  }

  @Test
  void anInterruptedPreparationIsMadeAgainAndAFinishedOneKept() throws IOException {
    var prepared = prepare("out");
    Files.writeString(prepared.training(), "kept\n");
    prepare("out");
    assertEquals("kept\n", Files.readString(prepared.training()));
    Files.delete(dir.resolve("out").resolve("prepared.json"));
    prepare("out");
    assertTrue(texts(prepared.training()).size() > 300);
  }

  @Test
  void otherOptionsThanBeforeAreRefused() throws IOException {
    prepare("out");
    assertThrows(UsageException.class, () -> prepare("out", 4));
  }

  @Test
  void aBrokenLineIsNamed() throws IOException {
    var broken =
        Files.writeString(dir.resolve("broken.jsonl"), "{\"text\": \"a\"}\n{\"txt\": 1}\n");
    files = List.of(broken);
    var refused = assertThrows(UsageException.class, () -> prepare("out"));
    assertTrue(refused.getMessage().contains("broken.jsonl:2: has no field text"), "" + refused);
  }
}
