package dev.hone.tune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowReaderTest {
  @TempDir Path directory;

  @Test
  void blankLinesCarriageReturnsAndByteOrderMarkAreNoRows() throws IOException {
    var lines = read("a.jsonl", utf8("\uFEFF{\"text\":\"a\"}\r\n\r\n  \n{\"text\":\"b\"}"));
    assertEquals(List.of("1 a", "4 b"), texts(lines));
  }

  @Test
  void jsonOfARowIsTheLineVerbatim() throws IOException {
    var lines = read("a.ndjson", utf8("{ \"text\" : \"\\u0061é\", \"id\": 1.0 }\r\n"));
    assertEquals(
        "{ \"text\" : \"\\u0061é\", \"id\": 1.0 }",
        assertInstanceOf(Line.Valid.class, lines.getFirst()).json());
  }

  @Test
  void badUtf8IsReportedWithLineAndByteAndReadingGoesOn() throws IOException {
    var bytes =
        "{\"text\":\"a\"}\n{\"text\":\"\u00e9\"}\n{\"text\":\"c\"}\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    var lines = read("a.jsonl", bytes);
    assertEquals(
        List.of("1 a", "2 bad_utf8 byte 10 of the line is 0xE9, which is not UTF-8", "3 c"),
        texts(lines));
  }

  @Test
  void overlongAndTruncatedSequencesAreNotUtf8() throws IOException {
    var overlong = new byte[] {'{', (byte) 0xC0, (byte) 0x80, '}'};
    var surrogate = new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80};
    var cut = new byte[] {'"', (byte) 0xE2, (byte) 0x82};
    for (var bytes : List.of(overlong, surrogate, cut)) {
      assertTrue(
          texts(read("a.jsonl", bytes)).getFirst().startsWith("1 bad_utf8"),
          Arrays.toString(bytes));
    }
  }

  @Test
  void utf16IsRecognised() throws IOException {
    var lines =
        texts(read("a.jsonl", "\uFEFF{\"text\":\"a\"}".getBytes(StandardCharsets.UTF_16LE)));
    assertTrue(lines.getFirst().endsWith("the file seems to be UTF-16"), lines.toString());
  }

  @Test
  void gzipIsReadAndItsDamageReported() throws IOException {
    var packed = gzip("{\"text\":\"a\"}\n".repeat(3000));
    assertEquals(3000, read("a.jsonl.gz", packed).size());
    var cut = texts(read("b.jsonl.gz", Arrays.copyOf(packed, packed.length - 12)));
    assertTrue(cut.getLast().contains("broken_gzip"), cut.getLast());
    packed[packed.length - 8] ^= 1;
    var damaged = texts(read("c.jsonl.gz", packed));
    assertTrue(damaged.getLast().contains("broken_gzip"), damaged.getLast());
  }

  @Test
  void lineThatIsTooLongIsSkippedAndCounted() throws IOException {
    var lines = new ByteLines(new java.io.ByteArrayInputStream(utf8("12345\n1234567\n\n12")), 5);
    var seen = new ArrayList<String>();
    while (lines.next()) {
      seen.add(lines.number() + (lines.isTooLong() ? " long" : " " + lines.bytes().remaining()));
    }
    assertEquals(List.of("1 5", "2 long", "3 0", "4 2"), seen);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 65_534, 65_535, 65_536, 65_537, 200_000})
  void linesOfEveryLengthAreReadWhole(int length) throws IOException {
    var text = "x".repeat(length) + "é";
    var lines =
        texts(read("a.jsonl", utf8("{\"text\":\"%s\"}\n{\"text\":\"b\"}\n".formatted(text))));
    assertEquals(List.of("1 " + text, "2 b"), lines);
    var csv = texts(read("a.csv", utf8("text\n%s\nb\n".formatted(text))));
    assertEquals(List.of("2 " + text, "3 b"), csv);
  }

  @Test
  void csvRecordsKeepTheLineTheyStartOn() throws IOException {
    var lines =
        read(
            "a.csv",
            utf8(
                "\uFEFF\"completion\",id,prompt\r\n"
                    + "\"x\r\n"
                    + "y\",1,p\r\n\r\n"
                    + "\"q\"\"q\",2,\"a,b\"\r\n"));
    assertEquals(List.of(2L, 5L), lines.stream().map(Line::number).toList());
    assertEquals(
        List.of(new Row.Completion("p", "x\r\ny"), new Row.Completion("a,b", "q\"q")),
        lines.stream().map(line -> assertInstanceOf(Line.Valid.class, line).row()).toList());
  }

  @Test
  void csvRowsHaveJsonThatReadsAsTheSameRow() throws IOException {
    for (var line : read("a.csv", utf8("prompt,completion\n\"a\nb\",\"\"\"é\"\n"))) {
      var valid = assertInstanceOf(Line.Valid.class, line);
      assertEquals(
          valid.row(), assertInstanceOf(Line.Valid.class, RowParser.parse(1, valid.json())).row());
    }
  }

  @Test
  void csvColumnsGoByTheNamesGiven() throws IOException {
    Files.write(directory.resolve("a.csv"), utf8("q,a,text\n1,2,3\n"));
    var named = new Source(directory.resolve("a.csv"), new Columns("q", "a", "text"));
    assertEquals(
        new Row.Completion("1", "2"),
        assertInstanceOf(Line.Valid.class, read(named).getFirst()).row());
  }

  @Test
  void csvRowsWithTooFewOrTooManyFieldsAreReported() throws IOException {
    assertEquals(
        List.of(
            "2 invalid_csv has 1 fields where the header names 2",
            "3 invalid_csv has 3 fields where the header names 2",
            "4 y"),
        texts(read("a.csv", utf8("prompt,completion\na\nb,c,d\nx,y\n"))));
  }

  @Test
  void csvEndsAtAStrayQuote() throws IOException {
    var open = texts(read("a.csv", utf8("prompt,completion\na,b\nc,\"d\ne,f\n")));
    assertEquals(
        List.of(
            "2 b",
            "3 invalid_csv Unclosed quoted field at end of input; nothing behind it was read"),
        open);
    var stray = texts(read("a.csv", utf8("prompt,completion\na,\"b\"x\nc,d\n")));
    assertTrue(
        stray.getFirst().startsWith("2 invalid_csv Unexpected character after closing quote"),
        stray.toString());
    assertEquals(1, stray.size());
  }

  @Test
  void csvEndsAtBadUtf8() throws IOException {
    var lines = texts(read("a.csv", "text\na\n\u00e9\n".getBytes(Charset.forName("windows-1252"))));
    assertEquals(
        "3 bad_utf8 byte 8 of the file is 0xE9, which is not UTF-8; nothing behind it was read",
        lines.getLast());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "question,answer\na,b\n|needs the columns prompt and completion",
        "prompt;completion\na;b\n|needs the columns",
        "prompt,prompt\na,b\n|two columns are named",
        "prompt\na\n|found prompt"
      })
  void csvHeaderThatDoesNotFitIsRefused(String fileAndMessage) {
    var parts = fileAndMessage.split("\\|");
    var refusal = assertThrows(UsageException.class, () -> read("a.csv", utf8(parts[0])));
    assertTrue(refusal.getMessage().contains(parts[1]), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("line 1"), refusal.getMessage());
  }

  @Test
  void filesOfOtherKindsAreRefused() throws IOException {
    var refusal = assertThrows(UsageException.class, () -> read("a.json", utf8("[]")));
    assertTrue(refusal.hint().contains("jq"), refusal.hint());
    assertThrows(UsageException.class, () -> read("a.parquet", utf8("PAR1")));
    assertThrows(UsageException.class, () -> read("a.jsonl.gz", utf8("{\"text\":\"a\"}")));
    assertThrows(UsageException.class, () -> read(new Source(directory)));
    assertThrows(UsageException.class, () -> read(new Source(directory.resolve("absent.jsonl"))));
  }

  private List<Line> read(String name, byte[] bytes) throws IOException {
    Files.write(directory.resolve(name), bytes);
    return read(new Source(directory.resolve(name)));
  }

  private static List<Line> read(Source source) throws IOException {
    var lines = new ArrayList<Line>();
    try (var reader = RowReader.open(source)) {
      for (var line = reader.next(); line.isPresent(); line = reader.next()) {
        lines.add(line.get());
      }
    }
    return lines;
  }

  private static List<String> texts(List<Line> lines) {
    return lines.stream().map(line -> line.number() + " " + text(line)).toList();
  }

  private static String text(Line line) {
    return switch (line) {
      case Line.Broken(var _, var problem) -> problem.check().code() + " " + problem.text();
      case Line.Valid(var _, Row.Text(var text), var _, var _) -> text;
      case Line.Valid(var _, Row.Completion(var _, var completion), var _, var _) -> completion;
      case Line.Valid(var _, Row.Chat(var conversation), var _, var _) -> conversation.toString();
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(utf8(text));
    }
    return bytes.toByteArray();
  }
}
