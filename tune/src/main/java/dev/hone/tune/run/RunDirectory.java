package dev.hone.tune.run;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// The directory of one run, held by one process at a time.
///
/// A file marks it as ours from the first moment, so that what a kill leaves behind can be told
/// from files of the user's, which are never touched.
final class RunDirectory implements AutoCloseable {
  private static final String MARK = ".hone-run";

  private final Path path;
  private final FileChannel mark;
  private final Optional<RunFile> begun;

  private RunDirectory(Path path, FileChannel mark, Optional<RunFile> begun) {
    this.path = path;
    this.mark = mark;
    this.begun = begun;
  }

  /// Takes a directory that is new, empty or ours.
  ///
  /// @param isResumed whether a run that is there may go on
  static RunDirectory open(Path out, boolean isResumed) throws IOException {
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new UsageException("--out " + out + " is a file", "name a directory for the result");
    }
    if (Files.isDirectory(out) && Files.notExists(out.resolve(MARK)) && !isEmpty(out)) {
      throw new UsageException(
          "--out " + out + " is not empty and holds no run",
          "name a new directory, or empty this one");
    }
    Files.createDirectories(out);
    var mark =
        FileChannel.open(out.resolve(MARK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      requireAlone(out, mark);
      var begun = RunFile.read(out);
      if (begun.isPresent() && !isResumed) {
        throw new UsageException(
            "--out " + out + " holds a run already", "go on with --resume, or name another --out");
      }
      return new RunDirectory(out, mark, begun);
    } catch (IOException | RuntimeException e) {
      mark.close();
      throw e;
    }
  }

  /// A lock dies with its process, however that ends.
  private static void requireAlone(Path out, FileChannel mark) throws IOException {
    boolean isAlone;
    try {
      isAlone = mark.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      isAlone = false;
    }
    if (!isAlone) {
      throw new UsageException(
          "another process is at work in --out " + out, "wait for it, or name another --out");
    }
  }

  private static boolean isEmpty(Path dir) throws IOException {
    try (var entries = Files.list(dir)) {
      return entries.findAny().isEmpty();
    }
  }

  /// The settings that the run was begun with; empty where none was.
  Optional<RunFile> begun() {
    return begun;
  }

  /// Lets go of the directory; one in which nothing was begun is removed.
  @Override
  public void close() throws IOException {
    try (mark) {
      if (holdsMarkOnly()) {
        Files.delete(path.resolve(MARK));
        Files.delete(path);
      }
    }
  }

  private boolean holdsMarkOnly() throws IOException {
    try (var entries = Files.list(path)) {
      return entries.allMatch(entry -> entry.endsWith(MARK));
    }
  }
}
