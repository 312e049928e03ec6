package dev.hone.tune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuningDataTest {
  @TempDir Path directory;
  private Path run;

  @BeforeEach
  void createRunDirectory() throws IOException {
    run = Files.createDirectory(directory.resolve("run"));
  }

  @Test
  void splitRunKeepsItsHeldOutRowsVerbatim() throws IOException {
    var train = TestRows.distinct(directory, "train.jsonl", 60);
    try (var data = prepare(train, Optional.empty(), false)) {
      assertEquals(54, data.train().size());
      assertEquals(6, data.heldOut().size());
      assertEquals(54, data.report().orElseThrow().training().rows());
      var all = Files.readAllLines(train.file());
      var expected =
          data.split().orElseThrow().heldOut().stream()
              .map(row -> all.get((int) row.line() - 1))
              .toList();
      assertEquals(expected, Files.readAllLines(run.resolve("valid.jsonl")));
    }
    assertEquals(
        List.of("split.json", "train.tokens", "valid.jsonl", "valid.tokens"), filesOfRun());
  }

  @Test
  void heldOutFileIsUsedWhereGiven() throws IOException {
    var train = TestRows.distinct(directory, "train.jsonl", 60);
    var valid = TestRows.write(directory, "valid.jsonl", TestRows.row(100) + TestRows.row(101));
    try (var data = prepare(train, Optional.of(valid), false)) {
      assertEquals(60, data.train().size());
      assertEquals(2, data.heldOut().size());
      assertTrue(data.split().isEmpty());
    }
    assertEquals(List.of("train.tokens", "valid.tokens"), filesOfRun());
  }

  @Test
  void resumedRunReadsTheTokensThatAreThere() throws IOException {
    var train = TestRows.distinct(directory, "train.jsonl", 60);
    String fingerprint;
    try (var first = prepare(train, Optional.empty(), false)) {
      fingerprint = first.fingerprint();
    }
    byte[] tokens = Files.readAllBytes(run.resolve("train.tokens"));
    try (var resumed = prepare(train, Optional.empty(), true)) {
      assertEquals(fingerprint, resumed.fingerprint());
      assertTrue(resumed.report().isEmpty());
    }
    Files.delete(run.resolve("train.tokens"));
    try (var again = prepare(train, Optional.empty(), true)) {
      assertTrue(again.report().isPresent());
      assertArrayEquals(tokens, Files.readAllBytes(run.resolve("train.tokens")));
    }
  }

  @Test
  void resumedRunRefusesAChangedTrainingFile() throws IOException {
    prepare(TestRows.distinct(directory, "train.jsonl", 60), Optional.empty(), false).close();
    var changed = TestRows.distinct(directory, "train.jsonl", 61);
    assertThrows(UsageException.class, () -> prepare(changed, Optional.empty(), true));
  }

  @Test
  void changedSettingsMakeTheTokensAnew() throws IOException {
    var train = TestRows.distinct(directory, "train.jsonl", 60);
    prepare(train, Optional.empty(), false).close();
    var request = new DataRequest(train, Optional.empty(), 15, false, 7, "bytes", run, true);
    try (var data = TuningData.prepare(request, new ByteRenderer())) {
      assertEquals(15, data.train().longest());
    }
  }

  @Test
  void fingerprintNamesDataAndRenderer() throws IOException {
    var train = TestRows.distinct(directory, "train.jsonl", 60);
    try (var data = prepare(train, Optional.empty(), false);
        var other =
            TuningData.prepare(
                new DataRequest(train, Optional.empty(), 100, false, 7, "other", run, false),
                new ByteRenderer())) {
      assertNotEquals(data.fingerprint(), other.fingerprint());
    }
  }

  @Test
  void refusedDataLeaveNothingBehind() throws IOException {
    var train = TestRows.write(directory, "train.jsonl", TestRows.row(1) + "{\n" + TestRows.row(2));
    var refusal = assertThrows(UsageException.class, () -> prepare(train, Optional.empty(), false));
    assertTrue(refusal.getMessage().contains("line 2"), refusal.getMessage());
    assertEquals(List.of(), filesOfRun());
  }

  @Test
  void rowsThatAllSayTheSameCannotBeSplit() throws IOException {
    var train = TestRows.write(directory, "train.jsonl", TestRows.row(1).repeat(60));
    var refusal = assertThrows(UsageException.class, () -> prepare(train, Optional.empty(), false));
    assertTrue(refusal.getMessage().contains("all say the same"), refusal.getMessage());
    assertEquals(List.of(), filesOfRun());
  }

  @Test
  void csvIsSplitIntoJsonl() throws IOException {
    var csv = new StringBuilder("prompt,completion\n");
    for (int i = 0; i < 50; i++) {
      csv.append("\"question\n%d\",answer %d\n".formatted(i, i));
    }
    try (var data =
        prepare(TestRows.write(directory, "a.csv", csv.toString()), Optional.empty(), false)) {
      assertEquals(45, data.train().size());
    }
    var heldOut = Files.readAllLines(run.resolve("valid.jsonl"));
    assertEquals(5, heldOut.size());
    assertTrue(heldOut.getFirst().startsWith("{\"prompt\":\"question\\n"), heldOut.getFirst());
  }

  /// The file has 100 MB; near its end what is in use has not grown by a sixth of that.
  @Test
  void rowsThatWerePassedOnAreNotKept() throws IOException {
    var file = directory.resolve("large.jsonl");
    var filler = "lorem ipsum ".repeat(330);
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < 25_000; i++) {
        out.write("{\"prompt\":\"%d %s\",\"completion\":\"a\"}\n".formatted(i, filler));
      }
    }
    long before = usedAfterCollection();
    var peak = new long[1];
    var gate = new DataGate(new ByteRenderer(), 8192, false);
    var report =
        gate.check(
            new Source(file),
            Split.NONE,
            (line, _) -> peak[0] = line.number() == 24_900 ? usedAfterCollection() : peak[0],
            ExampleSink.NONE);
    assertEquals(25_000, report.training().rows());
    assertTrue(
        peak[0] > 0 && peak[0] - before < 16L << 20,
        "grew by %d bytes".formatted(peak[0] - before));
  }

  private static long usedAfterCollection() {
    System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private TuningData prepare(Source train, Optional<Source> valid, boolean isResumed)
      throws IOException {
    return TuningData.prepare(
        new DataRequest(train, valid, 100, false, 7, "bytes", run, isResumed), new ByteRenderer());
  }

  private List<String> filesOfRun() throws IOException {
    try (var files = Files.list(run)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
