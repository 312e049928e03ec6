package dev.hone.tune.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Cuts a stream of bytes at line feeds, so that lines can be counted before their text is decoded.
final class ByteLines {
  private final InputStream in;
  private final int maxBytes;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int end;
  private byte[] line = new byte[1 << 12];
  private int length;
  private boolean isTooLong;
  private long number;

  ByteLines(InputStream in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  /// Reads one line; false at the end of the stream.
  boolean next() throws IOException {
    length = 0;
    isTooLong = false;
    if (at == end && !fill()) {
      return false;
    }
    number++;
    do {
      int from = at;
      while (at < end && buffer[at] != '\n') {
        at++;
      }
      append(from, at);
      if (at < end) {
        at++;
        return true;
      }
    } while (fill());
    return true;
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  private void append(int from, int to) {
    int bytes = to - from;
    if (isTooLong || bytes > maxBytes - length) {
      isTooLong = true;
      return;
    }
    if (bytes > line.length - length) {
      line = Arrays.copyOf(line, Math.max(length + bytes, Math.min(maxBytes, 2 * line.length)));
    }
    System.arraycopy(buffer, from, line, length, bytes);
    length += bytes;
  }

  /// The line's number, from 1.
  long number() {
    return number;
  }

  /// Whether the line has more bytes than are kept.
  boolean isTooLong() {
    return isTooLong;
  }

  /// The line without its line feed and without a carriage return before it; overwritten by the
  /// next one.
  ByteBuffer bytes() {
    boolean hasReturn = length > 0 && line[length - 1] == '\r';
    return ByteBuffer.wrap(line, 0, hasReturn ? length - 1 : length).slice();
  }
}
