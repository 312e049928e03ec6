package dev.hone.server.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  @TempDir Path dir;

  private static ReportLine.Step step(long number) {
    return new ReportLine.Step(
        7,
        new ReportLine.Metrics(
            number,
            9,
            1.523468,
            0.25,
            number == 2 ? OptionalDouble.of(2) : OptionalDouble.empty(),
            number == 2 ? OptionalDouble.of(0.5) : OptionalDouble.empty()));
  }

  private Path write(ReportLine... lines) throws IOException {
    var file = dir.resolve("report.jsonl");
    try (var report = Report.open(file)) {
      report.add(lines);
      report.force();
    }
    return file;
  }

  @Test
  void everyLineComesBack() throws IOException {
    var lines =
        List.of(
            new ReportLine.Planned(1, 9, 2.5),
            step(1),
            step(2),
            new ReportLine.Checkpoint(3, step(2).metrics()),
            new ReportLine.Saved(4, 2),
            new ReportLine.Failed(5, "code", "it's \"bad\"\n", ""),
            new ReportLine.Succeeded(6, 1L << 40));
    var file = write(lines.toArray(ReportLine[]::new));
    var part = ReportReader.read(file, 0);
    assertEquals(lines, part.lines());
    assertEquals(Files.size(file), part.end());
    assertEquals(List.of(), ReportReader.read(file, part.end()).lines());
  }

  @Test
  void halfALineIsLeftToItsWriterAndCutOffByTheNext() throws IOException {
    var file = write(step(1));
    long end = Files.size(file);
    Files.write(file, append(Files.readAllBytes(file), "{\"type\":\"st"));
    var part = ReportReader.read(file, 0);
    assertEquals(List.of(step(1)), part.lines());
    assertEquals(end, part.end());
    write(step(2));
    assertEquals(List.of(step(2)), ReportReader.read(file, part.end()).lines());
  }

  private static byte[] append(byte[] bytes, String text) {
    return (new String(bytes, StandardCharsets.UTF_8) + text).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aLongReportComesInParts() throws IOException {
    var lines = new ArrayList<ReportLine>();
    for (int i = 1; i <= 2000; i++) {
      lines.add(step(i));
    }
    var file = write(lines.toArray(ReportLine[]::new));
    var read = new ArrayList<ReportLine>();
    int parts = 0;
    for (var part = ReportReader.read(file, 0);
        !part.lines().isEmpty();
        part = ReportReader.read(file, part.end())) {
      read.addAll(part.lines());
      parts++;
    }
    assertEquals(lines, read);
    assertTrue(parts > 1);
  }

  @Test
  void aReportThatBecameShorterIsReadAgain() throws IOException {
    var file = write(step(1));
    var part = ReportReader.read(file, Files.size(file) + 100);
    assertEquals(List.of(step(1)), part.lines());
    assertEquals(Files.size(file), part.end());
  }

  @Test
  void whatIsNoLineIsSaidWithItsPlace() throws IOException {
    var file = write(step(1));
    long size = Files.size(file);
    Files.write(file, append(Files.readAllBytes(file), "nonsense\n"));
    var failure = assertThrows(IOException.class, () -> ReportReader.read(file, 0));
    assertTrue(failure.getMessage().contains("offset " + size), failure.getMessage());
  }

  @Test
  void theResultFileHasALineForEachStepWhateverWasRepeated() throws IOException {
    var file = write(step(1), step(2), step(3), step(2), step(3));
    assertEquals(
        """
        step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy
        1,1.52347,0.25,,
        2,1.52347,0.25,2.0,0.5
        3,1.52347,0.25,,
        """,
        new String(ResultCsv.of(file), StandardCharsets.UTF_8));
  }
}
