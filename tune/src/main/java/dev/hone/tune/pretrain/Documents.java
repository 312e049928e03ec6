package dev.hone.tune.pretrain;

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

/// Reads the documents of a corpus file, one after the other: JSON Lines with a field `text`, or
/// plain text, whose documents are parted by two empty lines or more; each also gzipped.
final class Documents {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// Takes one document after the other.
  interface Sink {
    void accept(String text) throws IOException;
  }

  private final Path file;
  private final Sink sink;

  private Documents(Path file, Sink sink) {
    this.file = file;
    this.sink = sink;
  }

  /// @throws UsageException where a line is not what its file's name says
  static void read(Path file, Sink sink) throws IOException {
    var documents = new Documents(file, sink);
    try (var in = open(file);
        var lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()))) {
      if (plainName(file).endsWith(".txt")) {
        documents.readText(lines);
      } else {
        documents.readJsonLines(lines);
      }
    } catch (CharacterCodingException e) {
      throw new UsageException(file + ": is not UTF-8", "convert it first", e);
    } catch (EOFException | ZipException e) {
      throw new UsageException(
          file + ": its compressed data end too early or are damaged", "copy it again", e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new UsageException(
          file + ": is no file that can be read", "give .jsonl or .txt files, each also gzipped");
    }
    var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    return isGzipped(file) ? new GZIPInputStream(in, 1 << 16) : in;
  }

  private static boolean isGzipped(Path file) {
    return file.getFileName().toString().endsWith(".gz");
  }

  /// The file's name without `.gz`.
  static String plainName(Path file) {
    var name = file.getFileName().toString();
    return isGzipped(file) ? name.substring(0, name.length() - 3) : name;
  }

  private void readJsonLines(BufferedReader lines) throws IOException {
    long number = 0;
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (!line.isBlank()) {
        accept(text(line, number));
      }
    }
  }

  private String text(String line, long number) {
    JsonNode text;
    try {
      text = JSON.readTree(line).path("text");
    } catch (JacksonException e) {
      throw new UsageException(
          "%s:%d: is no JSON: %s".formatted(file, number, e.getOriginalMessage()),
          "a corpus file has one object per line, or is named .txt",
          e);
    }
    if (!text.isString()) {
      throw new UsageException(
          "%s:%d: has no field text".formatted(file, number),
          "a corpus file has lines such as {\"text\": \"…\"}");
    }
    return text.asString();
  }

  private void readText(BufferedReader lines) throws IOException {
    var document = new StringBuilder();
    int empty = 0;
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isBlank()) {
        empty++;
        continue;
      }
      if (empty > 1) {
        accept(document.toString());
        document.setLength(0);
      }
      document.append(document.isEmpty() ? "" : "\n".repeat(1 + Math.min(empty, 1))).append(line);
      empty = 0;
    }
    accept(document.toString());
  }

  private void accept(String text) throws IOException {
    if (!text.isBlank()) {
      sink.accept(text);
    }
  }
}
