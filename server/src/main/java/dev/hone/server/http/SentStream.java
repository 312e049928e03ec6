package dev.hone.server.http;

import dev.hone.server.api.ApiException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.Optional;

/// What a caller sends, as it comes: that it cannot be read to its end is the caller's fault, in
/// whatever way the library below says so.
final class SentStream extends FilterInputStream {
  SentStream(InputStream in) {
    super(in);
  }

  /// One step of reading.
  @FunctionalInterface
  private interface Step {
    int take() throws IOException;
  }

  private static int refusing(Step step) {
    try {
      return step.take();
    } catch (ApiException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw refused(e);
    }
  }

  private static ApiException refused(Throwable e) {
    for (var cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SocketTimeoutException) {
        return refused(408, "The body of the request took too long");
      }
    }
    return refused(400, "The body of the request could not be read to its end");
  }

  private static ApiException refused(int status, String message) {
    return new ApiException(
        status, message, "invalid_request_error", Optional.empty(), Optional.empty());
  }

  @Override
  public int read() {
    return refusing(() -> in.read());
  }

  @Override
  public int read(byte[] bytes, int from, int length) {
    return refusing(() -> in.read(bytes, from, length));
  }

  @Override
  public void close() {
    refusing(() -> {
      in.close();
      return 0;
    });
  }
}
