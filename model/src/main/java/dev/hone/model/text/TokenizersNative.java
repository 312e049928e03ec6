package dev.hone.model.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.hone.model.UsageException;
import java.io.IOException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/// Loads the native part of Hugging Face's tokenizers out of DJL's jar: once per process, never
/// from the network.
///
/// DJL's own loader is passed by. It looks for CUDA through JNA first, which takes longer than
/// loading itself, and downloads a library where it finds a device. What is loaded here is the copy
/// in the jar, unpacked on first use into `DJL_CACHE_DIR`, else into `hone` under the user's cache
/// directory.
final class TokenizersNative {
  private static final String RESOURCES = "/native/lib/";

  private TokenizersNative() {}

  /// The library, loaded.
  static TokenizersLibrary library() {
    return Loaded.LIBRARY;
  }

  /// Loads on first use; the JVM makes that happen once and lets other threads wait.
  private static final class Loaded {
    private static final TokenizersLibrary LIBRARY = load();
  }

  @SuppressWarnings("restricted")
  private static TokenizersLibrary load() {
    var platform = platform();
    try {
      var dir = cacheDir().resolve(version() + "-" + platform.replace('/', '-'));
      for (var file : files(platform))
        System.load(unpack(RESOURCES + platform + "/" + file, dir, file).toString());
      return TokenizersLibrary.LIB;
    } catch (IOException | UnsatisfiedLinkError e) {
      throw new UsageException(
          "the tokenizer's native library cannot be loaded: " + e.getMessage(),
          "set DJL_CACHE_DIR to a directory that can be written to and that programs may run from",
          e);
    }
  }

  private static String platform() {
    var arch =
        switch (System.getProperty("os.arch")) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "aarch64";
          case String other -> other;
        };
    var name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    var os = name.startsWith("windows") ? "win" : name.startsWith("mac") ? "osx" : "linux";
    var platform = os + "-" + arch + "/cpu";
    if (resource(RESOURCES + platform + "/" + files(platform).getLast()).isEmpty()) {
      throw new UsageException(
          "no tokenizer library for " + os + "-" + arch,
          "it exists for linux-x86_64, linux-aarch64, osx-aarch64 and win-x86_64");
    }
    return platform;
  }

  /// In the order of loading: a library after those that it needs.
  private static List<String> files(String platform) {
    if (platform.startsWith("win")) {
      return List.of(
          "libwinpthread-1.dll", "libgcc_s_seh-1.dll", "libstdc++-6.dll", "tokenizers.dll");
    }
    return List.of(platform.startsWith("osx") ? "libtokenizers.dylib" : "libtokenizers.so");
  }

  private static String version() throws IOException {
    var properties = new Properties();
    try (var in = resource(RESOURCES + "tokenizers.properties").orElseThrow().openStream()) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }

  /// A directory that survives the process, or where none can be written to, one that is for this
  /// process only.
  private static Path cacheDir() throws IOException {
    var dir = configuredCacheDir().resolve("tokenizers").toAbsolutePath();
    try {
      Files.createDirectories(dir);
      if (Files.isWritable(dir)) return dir;
    } catch (IOException _) {
      // A home directory that does not exist or is read-only is common in containers.
    }
    return Files.createTempDirectory("hone-tokenizers");
  }

  private static Path configuredCacheDir() {
    return variable("DJL_CACHE_DIR")
        .map(Path::of)
        .or(() -> variable("XDG_CACHE_HOME").map(dir -> Path.of(dir, "hone")))
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "hone"));
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
  }

  /// Unpacks into a file of its own and renames it: several processes may start at once.
  private static Path unpack(String name, Path dir, String file) throws IOException {
    var target = dir.resolve(file);
    var connection = resource(name).orElseThrow().openConnection();
    if (Files.exists(target) && Files.size(target) == connection.getContentLengthLong())
      return target;
    Files.createDirectories(dir);
    var temporary = Files.createTempFile(dir, file, ".tmp");
    try {
      try (var in = connection.getInputStream()) {
        Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
      }
      try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    return target;
  }

  private static Optional<URL> resource(String name) {
    return Optional.ofNullable(TokenizersLibrary.class.getResource(name));
  }
}
