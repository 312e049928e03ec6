package dev.hone.model.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Strict reading of small JSON files: UTF-8, one object, no duplicate keys, no NaN, nothing after
/// it. And their writing.
public final class JsonFile {
  private static final long MAX_BYTES = 64L << 20;
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final DefaultIndenter TWO_SPACES = new DefaultIndenter("  ", "\n");
  private static final DefaultPrettyPrinter PRINTER =
      new DefaultPrettyPrinter(
              Separators.createDefaultInstance()
                  .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                  .withObjectEmptySeparator("")
                  .withArrayEmptySeparator(""))
          .withObjectIndenter(TWO_SPACES)
          .withArrayIndenter(TWO_SPACES);

  private JsonFile() {}

  /// The object that the file `path` holds.
  public static JsonObject read(Path path) throws CheckpointException {
    try {
      var bytes = ModelFile.read(path, MAX_BYTES);
      try (var reader = strictUtf8(new ByteArrayInputStream(bytes))) {
        return object(path, MAPPER.readTree(reader));
      }
    } catch (JacksonException e) {
      throw new CheckpointException(
          path, "is not valid JSON (" + reason(e) + "); repair or download it again", e);
    } catch (IOException e) {
      throw CheckpointException.cannotRead(path, e);
    }
  }

  /// As [#read]; empty where there is no such file.
  public static Optional<JsonObject> readIfPresent(Path path) throws CheckpointException {
    return ModelFile.exists(path) ? Optional.of(read(path)) : Optional.empty();
  }

  /// Writes `value`, [#indented].
  public static void write(Path path, JsonNode value) throws CheckpointException {
    AtomicFile.write(path, indented(value));
  }

  /// JSON laid out as Python's `json.dumps(indent=2)` does, the last line ended, so that a file
  /// that Transformers or PEFT wrote comes back byte for byte.
  public static String indented(JsonNode value) {
    return MAPPER.writer().with(PRINTER).writeValueAsString(value) + "\n";
  }

  private static JsonObject object(Path path, JsonNode root) throws CheckpointException {
    if (!root.isObject()) {
      throw new CheckpointException(
          path, "holds no JSON object; it is empty or damaged, download it again");
    }
    return new JsonObject(path, "", root);
  }

  /// Text of `in`; bytes that are not UTF-8 fail the reading instead of turning into replacement
  /// characters.
  public static Reader strictUtf8(InputStream in) {
    return new InputStreamReader(
        in,
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT));
  }

  /// What a JSON parser complained of, and where.
  public static String reason(JacksonException e) {
    if (e.getCause() instanceof CharacterCodingException) return "it is not UTF-8";
    var where =
        Optional.ofNullable(e.getLocation())
            .filter(at -> at.getLineNr() > 0)
            .map(JsonFile::lineAndColumn)
            .orElse("");
    return firstLine(e.getOriginalMessage()) + where;
  }

  private static String firstLine(String message) {
    // Jackson says where an open bracket stands, but with the source redacted, in several lines
    return message
        .lines()
        .findFirst()
        .orElse("unreadable")
        .replaceFirst(" \\(start marker at .*", "");
  }

  private static String lineAndColumn(TokenStreamLocation at) {
    return ", line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
  }

  /// Refuses directories, pipes and devices, which could block for ever or never end.
  static void requireRegularFile(Path path) throws IOException {
    if (!Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class)
        .isRegularFile()) {
      throw new CheckpointException(path, "is not a regular file");
    }
  }
}
