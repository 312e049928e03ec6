package dev.hone.model.checkpoint;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Predicate;

/// Writes directories that are either whole or not there: into `.NAME.tmp` beside the target, then
/// renamed.
public final class AtomicDirectory {
  private AtomicDirectory() {}

  /// What fills a directory. It must leave every file forced to disk, as [AtomicFile] does.
  @FunctionalInterface
  public interface Body {
    void fill(Path dir) throws IOException;
  }

  /// Fills the directory `target`, which must not exist, be empty, or be one that `mayReplace`
  /// agrees to replace. Whatever fails, `target` stays as it was. A replaced directory is moved to
  /// `.NAME.old` and then deleted: a kill between the two renames leaves it there, whole.
  ///
  /// @throws UsageException when `target` is in the way
  public static void write(Path target, Predicate<Path> mayReplace, Body body)
      throws CheckpointException {
    try {
      var place = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath().normalize();
      requireFree(place, mayReplace);
      Files.createDirectories(place.getParent());
      var temporary = AtomicFile.beside(place, ".tmp");
      deleteTree(temporary);
      try {
        Files.createDirectory(temporary);
        body.fill(temporary);
        AtomicFile.force(temporary);
        moveInto(temporary, place);
      } finally {
        deleteTree(temporary);
      }
    } catch (IOException e) {
      throw CheckpointException.cannotWrite(target, e);
    }
  }

  private static void requireFree(Path target, Predicate<Path> mayReplace) throws IOException {
    if (!Files.exists(target)) return;
    if (!Files.isDirectory(target)) {
      throw new UsageException(
          Quoted.oneLine(target + ": is a file, not a directory"), "give another directory");
    }
    if (!isEmpty(target) && !mayReplace.test(target)) {
      throw new UsageException(
          Quoted.oneLine(target + ": is not empty, and would be overwritten"),
          "give a new directory, or remove what stands there");
    }
  }

  private static boolean isEmpty(Path dir) throws IOException {
    try (var entries = Files.newDirectoryStream(dir)) {
      return !entries.iterator().hasNext();
    }
  }

  private static void moveInto(Path temporary, Path target) throws IOException {
    var old = AtomicFile.beside(target, ".old");
    deleteTree(old);
    boolean isReplaced = Files.exists(target);
    if (isReplaced) Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    AtomicFile.force(target.getParent());
    if (isReplaced) deleteTree(old);
  }

  /// Deletes a directory with all that is in it; nothing where there is none.
  public static void deleteTree(Path dir) throws IOException {
    if (!Files.isDirectory(dir)) return;
    Files.walkFileTree(
        dir,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            if (failure != null) throw failure;
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
