package dev.hone.tune.data;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.hone.model.UsageException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipException;

/// Reads CSV (RFC 4180) whose first record names the columns.
final class CsvRowReader implements RowReader {
  private static final Pattern RECORD_LINE =
      Pattern.compile("\\s*\\(record starting at line (\\d+)\\)");

  private final CsvReader<CsvRecord> csv;
  private final CloseableIterator<CsvRecord> records;
  private final Source source;
  private final boolean needsAnswers;
  private List<String> header = List.of();
  private boolean isOver;
  private long line = 1;

  CsvRowReader(InputStream in, Source source, boolean needsAnswers) {
    this.source = source;
    this.needsAnswers = needsAnswers;
    csv =
        CsvReader.builder()
            .detectBomHeader(false)
            .skipEmptyLines(true)
            .allowUnclosedQuote(false)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .maxBufferSize(MAX_ROW)
            .build(
                CsvRecordHandler.of(c -> c.maxFieldSize(MAX_ROW).maxRecordSize(MAX_ROW)),
                new Utf8Reader(in));
    records = csv.iterator();
  }

  @Override
  public Optional<Line> next() throws IOException {
    try {
      return isOver ? Optional.empty() : advance();
    } catch (CsvParseException e) {
      return Optional.of(malformed(rootMessage(e)));
    } catch (UncheckedIOException e) {
      return Optional.of(damaged(e.getCause()));
    }
  }

  private Optional<Line> advance() {
    if (header.isEmpty()) {
      if (!records.hasNext()) {
        return Optional.empty();
      }
      readHeader(records.next());
    }
    if (!records.hasNext()) {
      return Optional.empty();
    }
    var row = records.next();
    line = row.getStartingLineNumber();
    return Optional.of(row.getFieldCount() == header.size() ? valid(row) : wrongCount(row));
  }

  private void readHeader(CsvRecord first) {
    header = first.getFields();
    var seen = new HashSet<String>();
    for (var name : header) {
      if (!seen.add(name)) {
        throw new UsageException(
            "%s, line 1: two columns are named \"%s\"".formatted(source.file(), name),
            "rename one of them");
      }
    }
    checkColumns();
  }

  private void checkColumns() {
    var columns = source.columns();
    boolean hasAnswers = header.contains(columns.completion()) || !needsAnswers;
    boolean isPair = header.contains(columns.prompt()) && hasAnswers;
    if (!isPair && !header.contains(columns.text())) {
      throw new UsageException(
          "%s, line 1: needs the columns %s and %s, or %s; found %s"
              .formatted(
                  source.file(),
                  columns.prompt(),
                  columns.completion(),
                  columns.text(),
                  String.join(", ", header)),
          looksOtherwiseSeparated()
              ? "fields are separated by commas, this file seems to use semicolons or tabs"
              : "rename the columns, or name them in the command");
    }
  }

  private boolean looksOtherwiseSeparated() {
    return header.size() == 1
        && (header.getFirst().contains(";") || header.getFirst().contains("\t"));
  }

  private Line valid(CsvRecord row) {
    var columns = source.columns();
    int prompt = header.indexOf(columns.prompt());
    int completion = header.indexOf(columns.completion());
    if (prompt >= 0 && (completion >= 0 || !needsAnswers)) {
      return completion(row.getField(prompt), completion < 0 ? "" : row.getField(completion));
    }
    var text = row.getField(header.indexOf(columns.text()));
    return new Line.Valid(
        line, new Row.Text(text), RowParser.toJson(Map.of("text", text)), List.of());
  }

  private Line completion(String prompt, String completion) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("prompt", prompt);
    fields.put("completion", completion);
    return new Line.Valid(
        line, new Row.Completion(prompt, completion), RowParser.toJson(fields), List.of());
  }

  private Line wrongCount(CsvRecord row) {
    return new Line.Broken(
        line,
        new Problem(
            Check.INVALID_CSV,
            "",
            "has %d fields where the header names %d"
                .formatted(row.getFieldCount(), header.size())));
  }

  /// The parser names the line in its message alone.
  private Line malformed(String message) {
    var named = RECORD_LINE.matcher(message);
    return named.find()
        ? end(
            Long.parseLong(named.group(1)), Check.INVALID_CSV, message.substring(0, named.start()))
        : end(line, Check.INVALID_CSV, message);
  }

  private Line damaged(IOException cause) throws IOException {
    if (cause instanceof Utf8Reader.BadBytes bad) {
      return end(bad.line(), Check.BAD_UTF8, bad.getMessage());
    }
    if (cause instanceof EOFException || cause instanceof ZipException) {
      return end(line, Check.BROKEN_GZIP, "the compressed data end too early or are damaged");
    }
    throw cause;
  }

  /// Behind this there is no telling where a row starts.
  private Line end(long at, Check check, String message) {
    isOver = true;
    return new Line.Broken(at, new Problem(check, "", message + "; nothing behind it was read"));
  }

  private static String rootMessage(Throwable e) {
    return e.getCause() == null ? e.getMessage() : rootMessage(e.getCause());
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }
}
