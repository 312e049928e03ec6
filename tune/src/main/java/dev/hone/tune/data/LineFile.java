package dev.hone.tune.data;

import dev.hone.model.UsageException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads files of lines that are no rows to train on, also gzipped (`.gz`). The first line that is
/// not what it should be ends the reading.
public final class LineFile {
  private static final JsonMapper JSON = JsonMapper.shared();

  private LineFile() {}

  /// Takes one line after the other.
  public interface Sink {
    /// @param number from 1
    void accept(long number, String line) throws IOException;
  }

  /// Takes one JSON object after the other.
  public interface ObjectSink {
    /// @param number of its line, from 1
    void accept(long number, JsonNode object) throws IOException;
  }

  /// Reads lines of text.
  ///
  /// @throws UsageException where the file is none that can be read, damaged or not UTF-8
  public static void read(Path file, Sink sink) throws IOException {
    try (var in = open(file);
        var lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()))) {
      long number = 0;
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        sink.accept(++number, line);
      }
    } catch (CharacterCodingException e) {
      throw new UsageException(file + ": is not UTF-8", "convert it first", e);
    } catch (EOFException | ZipException e) {
      throw new UsageException(
          file + ": its compressed data end too early or are damaged", "copy it again", e);
    }
  }

  /// Reads JSON Lines: one object per line, blank lines passed over.
  ///
  /// @throws UsageException as [#read], and where a line is no JSON
  public static void readObjects(Path file, ObjectSink sink) throws IOException {
    read(
        file,
        (number, line) -> {
          if (!line.isBlank()) {
            sink.accept(number, parse(file, number, line));
          }
        });
  }

  private static JsonNode parse(Path file, long number, String line) {
    try {
      return JSON.readTree(line);
    } catch (JacksonException e) {
      throw new UsageException(
          "%s:%d: is no JSON: %s".formatted(file, number, e.getOriginalMessage()),
          "write one object per line",
          e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new UsageException(file + ": is no file that can be read", "check the path");
    }
    var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    return isGzipped(file) ? new GZIPInputStream(in, 1 << 16) : in;
  }

  private static boolean isGzipped(Path file) {
    return file.getFileName().toString().endsWith(".gz");
  }

  /// The file's name without `.gz`.
  public static String plainName(Path file) {
    var name = file.getFileName().toString();
    return isGzipped(file) ? name.substring(0, name.length() - 3) : name;
  }
}
