package dev.hone.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// A native library that comes in a jar: laid beside its own runtime libraries, then opened.
///
/// The files are extracted once per version into a cache folder: `hone.natives` if set, else
/// `~/.cache/hone`.
///
/// @param name the library's folder in the jar, below `org/bytedeco`
/// @param version its version, part of the cache folder's name
/// @param files its files for this platform, the main one last
record NativeLibrary(String name, String version, List<String> files) {
  /// Opens the library for the life of the process.
  @SuppressWarnings("restricted")
  SymbolLookup open() {
    try {
      var dir = cacheDir();
      Files.createDirectories(dir);
      for (var file : files) {
        extract("/org/bytedeco/%s/%s/%s".formatted(name, Platform.NAME, file), dir.resolve(file));
      }
      return SymbolLookup.libraryLookup(dir.resolve(files.getLast()), Arena.global());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lay out " + name + " for " + Platform.NAME, e);
    }
  }

  @SuppressWarnings("restricted")
  static MethodHandle function(SymbolLookup library, String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
  }

  private Path cacheDir() {
    var set = System.getProperty("hone.natives");
    var root =
        set != null ? Path.of(set) : Path.of(System.getProperty("user.home"), ".cache", "hone");
    return root.resolve("%s-%s-%s".formatted(name, version, Platform.NAME));
  }

  /// Copies a resource beside its target and renames it, so that two processes may do it at once.
  /// Some platforms lack some of the libraries: what the jar doesn't hold isn't needed there.
  private static void extract(String resource, Path target) throws IOException {
    if (Files.exists(target)) {
      return;
    }
    try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
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
