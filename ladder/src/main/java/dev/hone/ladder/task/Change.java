package dev.hone.ladder.task;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// How fast documents change: by git's history where they lie in a repository, else by the dates of
/// their files.
///
/// @param documents in all
/// @param changed of them in the last [#DAYS] days
/// @param isFromHistory whether git said so
public record Change(int documents, int changed, boolean isFromHistory) {
  /// Looked back.
  public static final int DAYS = 90;

  private static final double MONTH = 30;

  /// Files that are all of one day have been copied; their dates say nothing.
  private static final Duration COPIED = Duration.ofDays(1);

  /// Of answers that were learned once a month, how many are out of date, on average.
  public double stale() {
    return stale(perMonth());
  }

  /// `1 − (1 − e^(−λT)) / (λT)`
  ///
  /// @param changes λT, of a document between two trainings
  public static double stale(double changes) {
    return changes == 0 ? 0 : 1 - (1 - Math.exp(-changes)) / changes;
  }

  /// λ: how often a document changes in a month.
  public double perMonth() {
    double share = Math.min(0.999, (double) changed / documents);
    return Math.log(1 / (1 - share)) * MONTH / DAYS;
  }

  /// How many trainings a month keep the share that is out of date, on average, at `stale`.
  public double trainingsPerMonth(double stale) {
    double low = 0;
    double high = 1 / (1 - stale); // where λT is x, more than 1 − 1 / x are out of date
    while (high - low > 1e-9) {
      double middle = (low + high) / 2;
      if (stale(middle) < stale) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return perMonth() / high;
  }

  /// Empty where nothing tells.
  ///
  /// @param root a folder of documents
  public static Optional<Change> of(Path root, Instant now) throws IOException {
    List<Path> files;
    try (var found = Files.walk(root)) {
      files = found.filter(Files::isRegularFile).filter(file -> !isHidden(root, file)).toList();
    }
    if (files.isEmpty()) {
      return Optional.empty();
    }
    var history = fromHistory(root, files);
    return history.isPresent() ? history : fromDates(files, now);
  }

  private static boolean isHidden(Path root, Path file) {
    for (var part : root.relativize(file)) {
      if (part.toString().startsWith(".") && !part.toString().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static Optional<Change> fromDates(List<Path> files, Instant now) throws IOException {
    var dates = new ArrayList<FileTime>();
    for (var file : files) {
      dates.add(Files.getLastModifiedTime(file));
    }
    dates.sort(null);
    var spread = Duration.between(dates.getFirst().toInstant(), dates.getLast().toInstant());
    if (spread.compareTo(COPIED) < 0) {
      return Optional.empty();
    }
    var from = now.minus(Duration.ofDays(DAYS));
    long changed = dates.stream().filter(date -> date.toInstant().isAfter(from)).count();
    return Optional.of(new Change(files.size(), (int) changed, false));
  }

  private static Optional<Change> fromHistory(Path root, List<Path> files) throws IOException {
    var tracked = git(root, "ls-files", ".");
    if (tracked.isEmpty() || tracked.get().isEmpty()) {
      return Optional.empty();
    }
    var modified =
        git(
            root,
            "log",
            "--since=%d.days".formatted(DAYS),
            "--diff-filter=M",
            "--name-only",
            "--relative",
            "--pretty=format:",
            "--",
            ".");
    var names = new HashSet<>(modified.orElse(List.of()));
    long changed =
        files.stream().filter(file -> names.contains(root.relativize(file).toString())).count();
    return Optional.of(new Change(files.size(), (int) changed, true));
  }

  /// What git prints, a line each; empty where there is no git or no repository.
  private static Optional<List<String>> git(Path root, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of("git", "-C", root.toString()));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      return Optional.empty(); // no git here
    }
    try (var output = process.getInputStream()) {
      var text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0
          ? Optional.of(text.lines().filter(line -> !line.isEmpty()).toList())
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while git told the history of " + root, e);
    }
  }
}
