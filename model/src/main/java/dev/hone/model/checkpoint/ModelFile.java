package dev.hone.model.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The small files of a model: those in its directory, or where a GGUF file stands in the
/// directory's place, what that file says, in the form that Hugging Face's files have.
///
/// The path of such a file is that of the GGUF file with a name behind it:
/// `model.gguf/config.json`.
public final class ModelFile {
  private static final String CONFIG = "config.json";
  private static final String GENERATION = "generation_config.json";
  private static final String TOKENIZER = "tokenizer.json";
  private static final String TOKENIZER_CONFIG = "tokenizer_config.json";

  /// What a GGUF file answers for.
  private static final List<String> TOLD = List.of(CONFIG, GENERATION, TOKENIZER, TOKENIZER_CONFIG);

  private ModelFile() {}

  /// Whether a GGUF file stands in a directory's place.
  public static boolean isGguf(Path dir) {
    return GgufFile.is(dir);
  }

  /// Whether there is such a file; true as well for one that cannot be reached, for whoever opens
  /// it to say why.
  public static boolean exists(Path file) {
    var dir = file.getParent();
    return dir != null && GgufFile.is(dir)
        ? TOLD.contains(file.getFileName().toString())
        : !Files.notExists(file);
  }

  /// All of a file's bytes.
  ///
  /// @param most bytes that such a file may have
  /// @throws dev.hone.model.UsageException for a GGUF file that holds what is not supported
  public static byte[] read(Path file, long most) throws CheckpointException {
    try {
      var told = told(file);
      if (told.isPresent()) return told.get();
      JsonFile.requireRegularFile(file);
      if (Files.size(file) > most) {
        throw new CheckpointException(
            file, "has %d bytes, far more than such a file needs".formatted(Files.size(file)));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw CheckpointException.cannotRead(file, e);
    }
  }

  private static Optional<byte[]> told(Path file) throws CheckpointException {
    var dir = file.getParent();
    var name = file.getFileName().toString();
    if (dir == null || !GgufFile.is(dir) || !TOLD.contains(name)) return Optional.empty();
    try (var arena = Arena.ofConfined()) {
      var json = told(GgufFile.open(dir, arena), name);
      return Optional.of(json.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static ObjectNode told(GgufFile gguf, String name) throws CheckpointException {
    return switch (name) {
      case CONFIG -> GgufConfig.of(gguf);
      case TOKENIZER -> GgufTokenizer.json(gguf);
      case TOKENIZER_CONFIG -> GgufTokenizer.config(gguf);
      case GENERATION -> JsonNodeFactory.instance.objectNode();
      default -> throw new IllegalArgumentException(name);
    };
  }

  /// The files that a GGUF file answers for.
  static List<String> told() {
    return TOLD;
  }
}
