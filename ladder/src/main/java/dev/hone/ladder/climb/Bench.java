package dev.hone.ladder.climb;

import dev.hone.ladder.rung.CallLog;
import dev.hone.ladder.rung.Materials;
import dev.hone.ladder.rung.Rung;
import dev.hone.ladder.rung.Solution;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Parts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What rungs are made with and asked through.
record Bench(Climb.Settings settings, Parts parts, CallLog log, ClimbListener listener) {
  /// Where a rung keeps what it makes.
  Path directory(Rung rung) throws IOException {
    return Files.createDirectories(settings.out().resolve("rungs").resolve(rung.name()));
  }

  Materials materials(String name, List<Item> train, Path directory) {
    return new Materials(
        settings.kind(),
        train,
        parts.selection(),
        settings.metric(),
        directory,
        settings.seed(),
        settings.width(),
        (what, done, total) -> listener.building(name, what, done, total));
  }

  Solution build(Rung rung) throws IOException {
    return rung.build(materials(rung.name(), parts.train(), directory(rung)));
  }

  /// @param name of the rung, for the log
  Asked asked(String name, Solution solution, List<Item> items) {
    return new Asked(name, solution, items, settings.metric(), log, settings.width(), listener);
  }

  /// What measures its own answers is asked one question at a time.
  Asked askedAlone(String name, Solution solution, List<Item> items) {
    return new Asked(name, solution, items, settings.metric(), log, 1, listener);
  }
}
