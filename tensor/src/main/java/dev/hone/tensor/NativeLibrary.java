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
import java.util.Locale;

/// Finds OpenBLAS on the class path, lays it beside its own runtime libraries and opens it.
///
/// The libraries are extracted once per version into a cache folder: `hone.natives` if set, else
/// `~/.cache/hone`.
final class NativeLibrary {
  private NativeLibrary() {}

  /// The folder of this platform inside `org/bytedeco/openblas`, and its files, the main one last.
  private record Platform(String folder, List<String> files) {
    static Platform current() {
      var os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
      var arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x86_64";
      if (os.contains("mac")) {
        return new Platform(
            "macosx-" + arch,
            List.of(
                "libgcc_s.1.1.dylib",
                "libquadmath.0.dylib",
                "libgfortran.5.dylib",
                "libopenblas.0.dylib"));
      }
      if (os.contains("win")) {
        return new Platform(
            "windows-" + arch,
            List.of(
                "libwinpthread-1.dll",
                "libgcc_s_seh-1.dll",
                "libquadmath-0.dll",
                "libgfortran-5.dll",
                "libopenblas.dll"));
      }
      return new Platform(
          "linux-" + arch,
          List.of("libquadmath.so.0", "libgcc_s.so.1", "libgfortran.so.5", "libopenblas.so.0"));
    }

    String resource(String file) {
      return "/org/bytedeco/openblas/" + folder + "/" + file;
    }
  }

  /// Opens OpenBLAS for the life of the process.
  @SuppressWarnings("restricted")
  static SymbolLookup open() {
    var platform = Platform.current();
    try {
      var dir = cacheDir(platform);
      Files.createDirectories(dir);
      for (var file : platform.files()) {
        extract(platform.resource(file), dir.resolve(file));
      }
      return SymbolLookup.libraryLookup(dir.resolve(platform.files().getLast()), Arena.global());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lay out OpenBLAS for " + platform.folder(), e);
    }
  }

  @SuppressWarnings("restricted")
  static MethodHandle function(SymbolLookup library, String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
  }

  private static Path cacheDir(Platform platform) {
    var set = System.getProperty("hone.natives");
    var root =
        set != null ? Path.of(set) : Path.of(System.getProperty("user.home"), ".cache", "hone");
    return root.resolve("openblas-" + OpenBlas.VERSION + "-" + platform.folder());
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
