package dev.hone.ladder.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

  @TempDir private Path dir;

  private void write(String name, int daysAgo) throws IOException {
    var file = Files.writeString(dir.resolve(name), name + daysAgo);
    Files.setLastModifiedTime(file, FileTime.from(NOW.minus(Duration.ofDays(daysAgo))));
  }

  @Test
  void datesTellHowManyDocumentsChanged() throws IOException {
    for (int i = 0; i < 10; i++) {
      write("page-" + i, i < 3 ? 10 : 400);
    }
    var change = Change.of(dir, NOW).orElseThrow();
    assertEquals(new Change(10, 3, false), change);
    // λ = -ln(0.7) / 3 a month; half of that, nearly.
    assertEquals(0.0572, change.stale(), 1e-3);
    double trainings = change.trainingsPerMonth(0.05);
    assertEquals(0.05, Change.stale(change.perMonth() / trainings), 1e-6);
    assertTrue(trainings > 1);
    assertEquals(0, new Change(10, 0, false).trainingsPerMonth(0.05));
  }

  @Test
  void datesOfACopyTellNothing() throws IOException {
    for (int i = 0; i < 10; i++) {
      write("page-" + i, 1);
    }
    assertEquals(Optional.empty(), Change.of(dir, NOW));
  }

  @Test
  void gitTellsWhatChanged() throws Exception {
    git("init", "-q");
    for (int i = 0; i < 4; i++) {
      write("page-" + i, 1);
    }
    commit();
    assertEquals(new Change(4, 0, true), Change.of(dir, Instant.now()).orElseThrow());
    write("page-2", 0);
    commit();
    var change = Change.of(dir, Instant.now()).orElseThrow();
    assertEquals(new Change(4, 1, true), change);
    assertTrue(change.stale() > 0.04);
  }

  private void commit() throws Exception {
    git("add", "-A");
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "x");
  }

  private void git(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of("git", "-C", dir.toString()));
    command.addAll(List.of(arguments));
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }
}
