package dev.hone.server.state;

import dev.hone.server.api.ApiException;

/// What the sender of an upload says of it.
///
/// @param bytes that all parts together will have
public record NewUpload(NewFile file, long bytes) {
  /// The largest upload.
  public static final long MOST_BYTES = 8L << 30;

  public NewUpload {
    if (bytes < 1 || bytes > MOST_BYTES) {
      throw ApiException.invalid(
          "bytes", "bytes must be between 1 and %d, got %d".formatted(MOST_BYTES, bytes));
    }
  }
}
