package dev.hone.base;

import dev.hone.model.Sha256;
import dev.hone.model.checkpoint.AtomicDirectory;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.CheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What comes with Hone, written to disk where it is asked for.
public final class Embedded {
  /// What stands for the embedded model where a model's directory is asked for.
  public static final String MODEL = "hone";

  private static final String WEIGHTS = "model.safetensors";

  private static final List<String> BESIDE_WEIGHTS =
      List.of(
          "config.json",
          "generation_config.json",
          "hone.json",
          "hone_proof.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "README.md");

  private static final List<String> DEMO_FILES =
      List.of(
          "train.jsonl",
          "valid.jsonl",
          "policies/contact.md",
          "policies/delivery.md",
          "policies/gift-cards.md",
          "policies/loyalty.md",
          "policies/returns.md",
          "policies/tea-storage.md",
          "policies/teapot-care.md",
          "policies/wholesale.md",
          "tasks/canned.jsonl",
          "tasks/facts-train.jsonl",
          "tasks/facts-valid.jsonl",
          "tasks/orders.jsonl");

  private Embedded() {}

  /// The embedded model as a Hugging Face directory: below `~/.cache/hone`, written on first use.
  ///
  /// @throws CheckpointException when it cannot be written there
  public static Path model() throws CheckpointException {
    return model(cache());
  }

  private static Path cache() {
    return Path.of(System.getProperty("user.home"), ".cache", "hone");
  }

  /// What a user types for a model's directory.
  public static String nameOf(Path model) {
    return model.startsWith(cache()) && model.endsWith(MODEL) ? MODEL : model.toString();
  }

  /// The same below another directory, in one named after the files' content, so that a new model
  /// never stands in an old one's place. The weights are left out of the name, and are read only
  /// where they are written: the proof among the files holds logits that hang on all of them.
  static Path model(Path cache) throws CheckpointException {
    var files = read("model", BESIDE_WEIGHTS);
    var dir = cache.resolve("base-" + digest(files)).resolve(MODEL);
    if (!Files.isDirectory(dir)) {
      files.putAll(read("model", List.of(WEIGHTS)));
      write(files, dir);
    }
    return dir;
  }

  /// Writes the demo's example data: `train.jsonl`, `valid.jsonl` and `policies/`.
  ///
  /// @param dir a new or empty directory
  public static void writeDemo(Path dir) throws CheckpointException {
    AtomicDirectory.write(dir, present -> false, part -> fill(part, read("demo", DEMO_FILES)));
  }

  /// Into a directory of this process's own, and renamed: another process may be doing the same.
  private static void write(Map<String, byte[]> files, Path dir) throws CheckpointException {
    try {
      Files.createDirectories(dir.getParent());
      var part = Files.createTempDirectory(dir.getParent(), ".part");
      fill(part, files);
      try {
        Files.move(part, dir, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        if (!Files.isDirectory(dir)) {
          throw e;
        }
        for (var name : files.keySet()) {
          Files.delete(part.resolve(name));
        }
        Files.delete(part);
      }
    } catch (IOException e) {
      throw new CheckpointException(dir, "cannot be written: " + e.getMessage(), e);
    }
  }

  private static void fill(Path dir, Map<String, byte[]> files) throws IOException {
    for (var file : files.entrySet()) {
      var target = dir.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      AtomicFile.write(target, file.getValue());
    }
  }

  private static Map<String, byte[]> read(String folder, List<String> names) {
    var files = new LinkedHashMap<String, byte[]>();
    for (var name : names) {
      files.put(name, resource(folder + "/" + name));
    }
    return files;
  }

  private static byte[] resource(String name) {
    try (var in = Embedded.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name + " from the jar", e);
    }
  }

  /// Sixteen hexadecimal digits of the files' SHA-256.
  private static String digest(Map<String, byte[]> files) {
    var digest = Sha256.digest();
    files.values().forEach(digest::update);
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }
}
