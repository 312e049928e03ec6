package dev.hone.tune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitTest {
  private static final String SHA = "ab".repeat(32);
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"2,1", "3,1", "9,1", "14,1", "15,2", "100,10", "4996,500", "5000,500", "20000,500"})
  void aTenthIsHeldOutWithinBounds(int rows, int heldOut) throws IOException {
    assertEquals(
        heldOut,
        Split.choose(TestRows.distinct(directory, "a.jsonl", rows), 1, SHA).heldOut().size());
  }

  @Test
  void nothingIsHeldOutOfRowsThatAllSayTheSame() throws IOException {
    var same = TestRows.write(directory, "a.jsonl", TestRows.row(1).repeat(30));
    assertEquals(List.of(), Split.choose(same, 1, SHA).heldOut());
  }

  @ParameterizedTest
  @Seeds(20)
  void sidesShareNoRowAndLoseNone(long seed) throws IOException {
    var random = new SplittableRandom(seed);
    var rows = random.ints(random.nextInt(2, 400), 0, 150).boxed().collect(Collectors.toList());
    rows.add(1000);
    rows.add(1001);
    var file =
        TestRows.write(
            directory, "a.jsonl", rows.stream().map(TestRows::row).collect(Collectors.joining()));
    var split = Split.choose(file, seed, SHA);
    Set<String> training = new HashSet<>();
    Set<String> heldOut = new HashSet<>();
    new DataGate(new ByteRenderer(), 100, false)
        .check(
            file,
            split,
            (line, _) -> training.add(line.json()),
            (line, _) -> assertTrue(heldOut.add(line.json()), "held-out rows are handed on once"));
    assertEquals(split.heldOut().size(), heldOut.size());
    assertTrue(training.stream().noneMatch(heldOut::contains));
    assertEquals(new HashSet<>(rows).size(), training.size() + heldOut.size());
    assertTrue(!training.isEmpty() && !heldOut.isEmpty());
  }

  @ParameterizedTest
  @Seeds(5)
  void movingRowsMovesNoneToTheOtherSide(long seed) throws IOException {
    var forward = TestRows.distinct(directory, "a.jsonl", 300);
    var backward =
        TestRows.write(
            directory,
            "b.jsonl",
            IntStream.range(0, 300)
                .mapToObj(i -> TestRows.row(299 - i))
                .collect(Collectors.joining()));
    assertEquals(
        contents(Split.choose(forward, seed, SHA)), contents(Split.choose(backward, seed, SHA)));
    assertNotEquals(
        contents(Split.choose(forward, seed, SHA)), contents(Split.choose(forward, seed + 1, SHA)));
  }

  @Test
  void splitDoesNotChangeBetweenReleases() throws IOException {
    var split = Split.choose(TestRows.distinct(directory, "a.jsonl", 40), 42, SHA);
    assertEquals(
        List.of(15L, 25L, 31L, 33L), split.heldOut().stream().map(Split.HeldOut::line).toList());
  }

  @Test
  void writtenSplitIsReadBack() throws IOException {
    var source = TestRows.distinct(directory, "a.jsonl", 200);
    var split = Split.choose(source, -5, SHA);
    split.write(directory);
    var read = Split.read(directory, source, SHA);
    assertEquals(split.heldOut(), read.heldOut());
    assertEquals(-5, read.seed());
    assertEquals(200, read.rows());
  }

  @Test
  void changedSourceIsRefused() throws IOException {
    var source = TestRows.distinct(directory, "a.jsonl", 20);
    Split.choose(source, 1, SHA).write(directory);
    var refusal =
        assertThrows(UsageException.class, () -> Split.read(directory, source, "cd".repeat(32)));
    assertTrue(
        refusal.getMessage().contains("has changed since the run was started"),
        refusal.getMessage());
  }

  @Test
  void damagedSplitIsRefused() throws IOException {
    var source = TestRows.distinct(directory, "a.jsonl", 20);
    for (var content :
        List.of(
            "",
            "{",
            "{}",
            "[]",
            "{\"version\":1}",
            "{\"version\":1,\"seed\":\"x\"}",
            "{\"version\":2}")) {
      Files.writeString(directory.resolve(Split.FILE_NAME), content);
      var refusal =
          assertThrows(IOException.class, () -> Split.read(directory, source, SHA), content);
      assertTrue(refusal.getMessage().contains(Split.FILE_NAME), refusal.getMessage());
    }
  }

  private static Set<Long> contents(Split split) {
    return split.heldOut().stream().map(Split.HeldOut::content).collect(Collectors.toSet());
  }
}
