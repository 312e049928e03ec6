package dev.hone.tune.data;

import dev.hone.model.UsageException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Streams the rows of a file, one in memory at a time.
///
/// A row that cannot be read comes as a [Line.Broken] and reading goes on behind it, as far as the
/// file allows: after bad bytes or a stray quote in CSV, or damaged compression, there is no
/// telling where the next row starts, and it ends.
public sealed interface RowReader extends AutoCloseable permits JsonlReader, CsvRowReader {
  /// The longest row: in bytes for JSONL, in characters for CSV.
  int MAX_ROW = 64 << 20;

  /// The next row; empty at the end.
  Optional<Line> next() throws IOException;

  @Override
  void close() throws IOException;

  /// Parses one row of JSON.
  ///
  /// @param number the line that it stands on
  static Line parse(long number, String json) {
    return RowParser.parse(number, json);
  }

  /// Opens a file of rows.
  ///
  /// @throws UsageException when it is not there or is of no known kind
  static RowReader open(Source source) throws IOException {
    return open(source, true);
  }

  /// The same for rows that may lack an answer: of a prompt without one the completion is empty.
  static RowReader openQuestions(Source source) throws IOException {
    return open(source, false);
  }

  private static RowReader open(Source source, boolean needsAnswers) throws IOException {
    source.checkReadable();
    var format = source.format();
    var file = Files.newInputStream(source.file());
    try {
      return open(source, format, file, needsAnswers);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static RowReader open(
      Source source, Source.Format format, InputStream file, boolean needsAnswers)
      throws IOException {
    InputStream in = source.isGzip() ? gunzip(source, file) : file;
    return switch (format) {
      case JSONL -> new JsonlReader(in, needsAnswers);
      case CSV -> new CsvRowReader(in, source, needsAnswers);
    };
  }

  private static InputStream gunzip(Source source, InputStream file) throws IOException {
    try {
      return new GZIPInputStream(file, 1 << 16);
    } catch (ZipException | EOFException e) {
      throw new UsageException(
          "%s is named .gz but is not gzip-compressed".formatted(source.file()),
          "rename it without .gz, or compress it again",
          e);
    }
  }
}
