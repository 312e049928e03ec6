package dev.hone.server.job;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The server's end of a worker's report.
final class ReportReader {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int CHUNK = 1 << 16;

  private ReportReader() {}

  /// Some whole lines.
  ///
  /// @param end the offset after them
  record Part(List<ReportLine> lines, long end) {}

  /// Reads on; after a loss of power a report may be shorter than it was, and is read again from
  /// its beginning.
  ///
  /// @param offset where a line begins
  static Part read(Path file, long offset) throws IOException {
    if (Files.notExists(file)) {
      return new Part(List.of(), offset);
    }
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long from = offset <= channel.size() ? offset : 0;
      var buffer = ByteBuffer.allocate(CHUNK);
      while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) > 0) {
        // until the chunk is full, or the file ends
      }
      return parse(file, from, buffer.flip());
    }
  }

  private static Part parse(Path file, long from, ByteBuffer bytes) throws IOException {
    var lines = new ArrayList<ReportLine>();
    int start = 0;
    for (int at = 0; at < bytes.limit(); at++) {
      if (bytes.get(at) == '\n') {
        var text = new String(bytes.array(), start, at - start, StandardCharsets.UTF_8);
        lines.add(line(file, from + start, text));
        start = at + 1;
      }
    }
    return new Part(lines, from + start);
  }

  private static ReportLine line(Path file, long offset, String text) throws IOException {
    try {
      return JSON.readValue(text, ReportLine.class);
    } catch (JacksonException e) {
      throw new IOException(
          "%s, offset %d: no line of a report: %s".formatted(file, offset, e.getOriginalMessage()),
          e);
    }
  }
}
