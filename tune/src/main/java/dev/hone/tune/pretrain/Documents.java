package dev.hone.tune.pretrain;

import dev.hone.model.UsageException;
import dev.hone.tune.data.LineFile;
import java.io.IOException;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/// Reads the documents of a corpus file, one after the other: JSON Lines with a field `text`, or
/// plain text, whose documents are parted by two empty lines or more; each also gzipped.
final class Documents {
  private final Path file;
  private final Sink sink;
  private final StringBuilder document = new StringBuilder();
  private int emptyLines;

  private Documents(Path file, Sink sink) {
    this.file = file;
    this.sink = sink;
  }

  /// Takes one document after the other.
  interface Sink {
    void accept(String text) throws IOException;
  }

  /// @throws UsageException where a line is not what its file's name says
  static void read(Path file, Sink sink) throws IOException {
    var documents = new Documents(file, sink);
    if (LineFile.plainName(file).endsWith(".txt")) {
      LineFile.read(file, (number, line) -> documents.readText(line));
      documents.accept(documents.document.toString());
    } else {
      LineFile.readObjects(
          file, (number, object) -> documents.accept(documents.text(number, object)));
    }
  }

  private String text(long number, JsonNode object) {
    var text = object.path("text");
    if (!text.isString()) {
      throw new UsageException(
          "%s:%d: has no field text".formatted(file, number),
          "a corpus file has lines such as {\"text\": \"…\"}, or is named .txt");
    }
    return text.asString();
  }

  private void readText(String line) throws IOException {
    if (line.isBlank()) {
      emptyLines++;
      return;
    }
    if (emptyLines > 1) {
      accept(document.toString());
      document.setLength(0);
    }
    document
        .append(document.isEmpty() ? "" : "\n".repeat(1 + Math.min(emptyLines, 1)))
        .append(line);
    emptyLines = 0;
  }

  private void accept(String text) throws IOException {
    if (!text.isBlank()) {
      sink.accept(text);
    }
  }
}
