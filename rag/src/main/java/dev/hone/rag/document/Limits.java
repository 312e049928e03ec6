package dev.hone.rag.document;

import java.time.Duration;

/// What a file may cost before it is refused.
///
/// @param bytes size of the file
/// @param characters size of its text
/// @param pages of a PDF
/// @param time for reading it
/// @param inflateRatio how many bytes a compressed byte may become, in DOCX and PDF
public record Limits(long bytes, int characters, int pages, Duration time, int inflateRatio) {
  public static final Limits DEFAULT =
      new Limits(200L << 20, 20_000_000, 5_000, Duration.ofSeconds(20), 200);

  public Limits {
    if (bytes < 1 || characters < 1 || pages < 1 || inflateRatio < 1 || !time.isPositive()) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }
}
