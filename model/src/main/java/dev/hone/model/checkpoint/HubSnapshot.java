package dev.hone.model.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where a directory in the cache of Hugging Face's hub comes from, as its path tells:
/// `models--ORG--NAME/snapshots/COMMIT`.
///
/// @param repository `org/name`
/// @param commit 40 hexadecimal digits
public record HubSnapshot(String repository, String commit) {
  private static final Pattern FOLDER = Pattern.compile("models--([\\w.-]+?)--([\\w.-]+)");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  /// Empty for any other directory.
  public static Optional<HubSnapshot> of(Path dir) {
    var path = dir.toAbsolutePath().normalize();
    if (path.getNameCount() < 3) return Optional.empty();
    var commit = path.getFileName().toString();
    var folder = FOLDER.matcher(path.getName(path.getNameCount() - 3).toString());
    return COMMIT.matcher(commit).matches()
            && path.getParent().endsWith("snapshots")
            && folder.matches()
        ? Optional.of(new HubSnapshot(folder.group(1) + "/" + folder.group(2), commit))
        : Optional.empty();
  }

  /// The repository's name without the organisation.
  public String name() {
    return repository.substring(repository.indexOf('/') + 1);
  }

  /// What to call a model's directory where a word must do: its name, or its repository's.
  public static String labelOf(Path dir) {
    return of(dir)
        .map(HubSnapshot::name)
        .orElseGet(() -> dir.toAbsolutePath().normalize().getFileName().toString());
  }

  /// What names a model's directory for good: `org/name@commit`, or where it is no snapshot, its
  /// path.
  public static String nameOf(Path dir) {
    return of(dir).map(from -> from.repository + "@" + from.commit).orElse(dir.toString());
  }

  /// What a user types for a model's directory: as [#nameOf], but without the commit where the
  /// cache holds it as the newest.
  public static String typedNameOf(Path dir) {
    return of(dir)
        .filter(from -> from.commit.equals(newest(dir)))
        .map(HubSnapshot::repository)
        .orElseGet(() -> nameOf(dir));
  }

  private static String newest(Path dir) {
    try {
      var folder = dir.toAbsolutePath().normalize().getParent().getParent();
      return Files.readString(folder.resolve("refs").resolve("main")).strip();
    } catch (IOException e) {
      return ""; // fetched by its commit alone
    }
  }
}
