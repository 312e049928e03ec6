package dev.hone.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// Files of native libraries that come in jars, extracted once per version into a cache folder:
/// `hone.natives` if set, else `~/.cache/hone`. So a process that is killed leaves none behind.
public final class NativeFiles {
  private NativeFiles() {}

  /// Lays files beside each other.
  ///
  /// @param folder in the cache, named after the version
  /// @param resources where they are in the jar, with a slash at both ends; what isn't there is
  ///   left out, since some platforms lack some of the libraries
  /// @return the folder
  public static Path layOut(String folder, String resources, List<String> files) {
    var dir = cache().resolve(folder);
    try {
      Files.createDirectories(dir);
      for (var file : files) {
        extract(resources + file, dir.resolve(file));
      }
      return dir;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lay out " + folder, e);
    }
  }

  private static Path cache() {
    var set = System.getProperty("hone.natives");
    return set != null ? Path.of(set) : Path.of(System.getProperty("user.home"), ".cache", "hone");
  }

  /// Copies a resource beside its target and renames it, so that two processes may do it at once.
  private static void extract(String resource, Path target) throws IOException {
    if (Files.exists(target)) {
      return;
    }
    try (InputStream in = NativeFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        return;
      }
      var part = Files.createTempFile(target.getParent(), "native", ".part");
      Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      try {
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileAlreadyExistsException | AtomicMoveNotSupportedException e) {
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
