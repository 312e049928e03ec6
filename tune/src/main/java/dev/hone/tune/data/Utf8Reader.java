package dev.hone.tune.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/// Decodes UTF-8, without a byte order mark, and, unlike the JDK's reader, says where bytes are
/// not.
final class Utf8Reader extends Reader {
  /// Bytes that are not UTF-8, and the line that they stand on.
  static final class BadBytes extends IOException {
    private static final long serialVersionUID = 1L;
    private final long line;

    private BadBytes(long line, long at, byte found) {
      super("byte %d of the file is 0x%02X, which is not UTF-8".formatted(at, found));
      this.line = line;
    }

    long line() {
      return line;
    }
  }

  private final InputStream in;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).flip();
  private long bytesBefore;
  private long line = 1;
  private boolean isAtStart = true;
  private boolean isAtEnd;

  Utf8Reader(InputStream in) {
    this.in = in;
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    var chars = CharBuffer.wrap(target, offset, length).slice();
    while (chars.position() == 0 && !(isAtEnd && !bytes.hasRemaining())) {
      var result = decoder.decode(bytes, chars, isAtEnd);
      skipByteOrderMark(chars);
      countLines(target, offset, chars.position());
      if (result.isError()) {
        throw new BadBytes(line, bytesBefore + bytes.position() + 1, bytes.get(bytes.position()));
      }
      if (chars.position() == 0) {
        refill(result);
      }
    }
    return chars.position() == 0 ? -1 : chars.position();
  }

  private void skipByteOrderMark(CharBuffer chars) {
    if (isAtStart && chars.position() > 0) {
      isAtStart = false;
      boolean isMarked = chars.get(0) == '\uFEFF';
      chars.flip().position(isMarked ? 1 : 0).compact();
    }
  }

  private void refill(CoderResult result) throws IOException {
    if (result.isOverflow()) {
      throw new IOException(
          "a reader must ask for two characters at least where a surrogate pair may come");
    }
    bytesBefore += bytes.position();
    bytes.compact();
    int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
    isAtEnd = read < 0;
    bytes.position(bytes.position() + Math.max(0, read)).flip();
  }

  private void countLines(char[] target, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      line += target[i] == '\n' ? 1 : 0;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
