package dev.hone.tune.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.ZipException;

/// Reads JSON Lines: one object per line, UTF-8, blank lines passed over.
final class JsonlReader implements RowReader {
  private final InputStream in;
  private final ByteLines lines;
  private final boolean needsAnswers;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private CharBuffer text = CharBuffer.allocate(1 << 12);
  private boolean isOver;

  JsonlReader(InputStream in, boolean needsAnswers) {
    this.in = in;
    this.needsAnswers = needsAnswers;
    lines = new ByteLines(in, MAX_ROW);
  }

  @Override
  public Optional<Line> next() throws IOException {
    while (!isOver && hasNextLine()) {
      if (isOver) {
        return Optional.of(
            broken(Check.BROKEN_GZIP, "the compressed data end too early or are damaged"));
      }
      var line = read();
      if (line.isPresent()) {
        return line;
      }
    }
    return Optional.empty();
  }

  private boolean hasNextLine() throws IOException {
    try {
      return lines.next();
    } catch (EOFException | ZipException e) {
      isOver = true;
      return true;
    }
  }

  private Optional<Line> read() {
    if (lines.isTooLong()) {
      return Optional.of(broken(Check.LINE_TOO_LONG, "longer than %d MB".formatted(MAX_ROW >> 20)));
    }
    var bytes = lines.bytes();
    if (lines.number() == 1) {
      skipByteOrderMark(bytes);
    }
    if (!decode(bytes)) {
      return Optional.of(broken(Check.BAD_UTF8, describeBadBytes(bytes)));
    }
    var json = text.flip().toString();
    return json.isBlank()
        ? Optional.empty()
        : Optional.of(RowParser.parse(lines.number(), json, needsAnswers));
  }

  private static void skipByteOrderMark(ByteBuffer bytes) {
    boolean isMarked =
        bytes.remaining() >= 3
            && bytes.get(0) == (byte) 0xEF
            && bytes.get(1) == (byte) 0xBB
            && bytes.get(2) == (byte) 0xBF;
    bytes.position(isMarked ? 3 : 0);
  }

  private boolean decode(ByteBuffer bytes) {
    if (text.capacity() < bytes.remaining()) {
      text =
          CharBuffer.allocate(Math.max(bytes.remaining(), Math.min(MAX_ROW, 2 * text.capacity())));
    }
    text.clear();
    utf8.reset();
    return utf8.decode(bytes, text, true).isUnderflow() && utf8.flush(text).isUnderflow();
  }

  private static String describeBadBytes(ByteBuffer bytes) {
    int at = bytes.position();
    int first = bytes.get(0) & 0xFF;
    boolean isUtf16 = at == 0 && (first == 0xFF || first == 0xFE);
    return "byte %d of the line is 0x%02X, which is not UTF-8%s"
        .formatted(at + 1, bytes.get(at), isUtf16 ? "; the file seems to be UTF-16" : "");
  }

  private Line broken(Check check, String message) {
    return new Line.Broken(Math.max(1, lines.number()), new Problem(check, "", message));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
