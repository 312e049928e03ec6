package dev.hone.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// Bytes sent as they are, and the first answer to them.
final class RawHttp {
  private RawHttp() {}

  /// @param head status line and headers, in small letters
  record Answer(int status, String head, String body) {}

  /// @param most that it may take
  /// @return empty where the connection ends without an answer
  /// @throws SocketTimeoutException where there is neither answer nor end in time
  static Optional<Answer> send(int port, byte[] request, Duration most) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      var sender = Thread.ofVirtual().start(() -> write(socket, request));
      try {
        return read(new Timed(socket, System.nanoTime() + most.toNanos()));
      } catch (SocketException e) {
        return Optional.empty(); // it was reset
      } finally {
        sender.interrupt();
      }
    }
  }

  private static void write(Socket socket, byte[] request) {
    try {
      socket.getOutputStream().write(request);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      // the server need not listen to the end
    }
  }

  /// A socket's bytes, up to a moment.
  private record Timed(Socket socket, long end) {
    int read() throws IOException {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new SocketTimeoutException("no end");
      }
      socket.setSoTimeout((int) left);
      InputStream in = socket.getInputStream();
      return in.read();
    }
  }

  private static Optional<Answer> read(Timed in) throws IOException {
    var head = head(in);
    if (!head.startsWith("http/1.1 ")) {
      return Optional.empty();
    }
    int status = Integer.parseInt(head.substring(9, 12));
    if (status == 100) {
      return read(in);
    }
    return Optional.of(new Answer(status, head, body(in, head)));
  }

  private static String head(Timed in) throws IOException {
    var head = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.append((char) b);
      if (head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
        break;
      }
    }
    return head.toString().toLowerCase(Locale.ROOT);
  }

  private static String body(Timed in, String head) throws IOException {
    var bytes = new ByteArrayOutputStream();
    int at = head.indexOf("\r\ncontent-length:");
    long most =
        at < 0
            ? Long.MAX_VALUE
            : Long.parseLong(head.substring(at + 17, head.indexOf("\r\n", at + 2)).strip());
    while (bytes.size() < most && !isLastChunk(bytes, head)) {
      int b = in.read();
      if (b < 0) {
        break;
      }
      bytes.write(b);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static boolean isLastChunk(ByteArrayOutputStream bytes, String head) {
    return head.contains("\r\ntransfer-encoding: chunked")
        && bytes.toString(StandardCharsets.UTF_8).endsWith("0\r\n\r\n");
  }
}
