package dev.hone.tune.trace;

import dev.hone.model.UsageException;
import dev.hone.tune.data.LineFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A file of traces: one a line (`.jsonl`, `.ndjson`); or one document (`.json`) that is a trace, a
/// list of traces, or a page of them as APIs list things. Either may be gzipped.
///
/// @param isLines whether a trace's number is its line, or its place in a document
record TraceFile(Path file, boolean isLines) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// Takes one trace after the other.
  interface Sink {
    /// @param number from 1
    void accept(long number, JsonNode trace) throws IOException;

    /// Of a line that is no JSON.
    void broken(long number, String message);
  }

  /// @throws UsageException when the name is of neither kind
  static TraceFile of(Path file) {
    var name = LineFile.plainName(file);
    boolean isLines = name.endsWith(".jsonl") || name.endsWith(".ndjson");
    if (!isLines && !name.endsWith(".json")) {
      throw new UsageException(
          file + ": traces are read from .jsonl, .ndjson and .json files, each also with .gz",
          "rename the file by what it holds");
    }
    return new TraceFile(file, isLines);
  }

  void read(Sink sink) throws IOException {
    if (isLines) {
      LineFile.read(file, (number, line) -> line(number, line, sink));
    } else {
      var traces = traces(document());
      for (int i = 0; i < traces.size(); i++) {
        sink.accept(i + 1, traces.get(i));
      }
    }
  }

  private static void line(long number, String line, Sink sink) throws IOException {
    if (line.isBlank()) {
      return;
    }
    JsonNode trace;
    try {
      trace = JSON.readTree(line);
    } catch (JacksonException e) {
      sink.broken(number, "no JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
      return;
    }
    sink.accept(number, trace);
  }

  /// The whole of a file that is one JSON value.
  JsonNode document() throws IOException {
    var text = new StringBuilder();
    LineFile.read(file, (_, line) -> text.append(line).append('\n'));
    try {
      return JSON.readTree(text.toString());
    } catch (JacksonException e) {
      throw new UsageException(
          "%s: is no JSON: %s".formatted(file, e.getOriginalMessage()),
          "a file of one trace a line is named .jsonl",
          e);
    }
  }

  private static List<JsonNode> traces(JsonNode document) {
    var list = document.path("data").isArray() ? document.path("data") : document;
    return list.isArray() && !isMessage(list.path(0))
        ? new ArrayList<>(list.valueStream().toList())
        : List.of(document);
  }

  /// Whether a list that begins with it is one conversation.
  private static boolean isMessage(JsonNode first) {
    return first.has("role") || LangChainMessages.isOne(first);
  }
}
