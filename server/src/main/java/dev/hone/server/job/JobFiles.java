package dev.hone.server.job;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The directory of one job.
///
///     train.jsonl, valid.jsonl   its files, links to the contents, so that deleting those is safe
///     order.json                 what the worker shall do
///     report.jsonl               what the worker says
///     offences.jsonl             lines that the worker refuses
///     worker.log                 what it prints
///     run/                       the run, and at its end the adapter
///     checkpoints/step-N/        the adapter after an epoch
///     ../worker.lock             held while a worker is at work, on whatever job
record JobFiles(Path directory) {
  static final String TRAIN = "train.jsonl";

  Path train() {
    return directory.resolve(TRAIN);
  }

  Path valid() {
    return directory.resolve("valid.jsonl");
  }

  Optional<Path> validIfPresent() {
    return Files.exists(valid()) ? Optional.of(valid()) : Optional.empty();
  }

  Path order() {
    return directory.resolve("order.json");
  }

  Path report() {
    return directory.resolve("report.jsonl");
  }

  Path offences() {
    return directory.resolve("offences.jsonl");
  }

  Path lock() {
    return directory.resolveSibling("worker.lock");
  }

  Path log() {
    return directory.resolve("worker.log");
  }

  Path run() {
    return directory.resolve("run");
  }

  private Path checkpoints() {
    return directory.resolve("checkpoints");
  }

  Path checkpoint(long step) {
    return checkpoints().resolve("step-" + step);
  }

  /// Deletes what a job that has ended needs no more: all but its report and the adapters that are
  /// models.
  ///
  /// @param models directories
  void deleteWork(Set<Path> models) throws IOException {
    Files.deleteIfExists(train());
    Files.deleteIfExists(valid());
    for (var adapter : adapters()) {
      if (!models.contains(adapter)) {
        deleteTree(adapter);
      }
    }
    deleteTree(run().resolve("checkpoints"));
    for (var tokens : List.of("train.tokens", "valid.tokens", "probe.tokens")) {
      Files.deleteIfExists(run().resolve(tokens));
    }
  }

  /// The run and the checkpoints, whatever has become of them.
  private List<Path> adapters() throws IOException {
    var adapters = new ArrayList<>(List.of(run()));
    if (Files.exists(checkpoints())) {
      try (var steps = Files.newDirectoryStream(checkpoints())) {
        steps.forEach(adapters::add);
      }
    }
    return adapters;
  }

  static void deleteTree(Path dir) throws IOException {
    if (Files.notExists(dir)) {
      return;
    }
    try (var content = Files.walk(dir)) {
      for (var one : content.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    }
  }

  /// Contents never change under an id, so a link is as good as a copy.
  static void link(Path content, Path to) throws IOException {
    try {
      Files.createLink(to, content);
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.copy(content, to);
    }
  }
}
