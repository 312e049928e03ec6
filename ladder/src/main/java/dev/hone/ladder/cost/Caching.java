package dev.hone.ladder.cost;

import java.time.LocalDate;

/// How a provider caches the beginning of a prompt.
///
/// @param minutes that it is kept after its last use
/// @param writeFactor price of writing it, as a multiple of the input's
public record Caching(
    String provider, double minutes, double writeFactor, LocalDate date, String source) {
  public Caching {
    Price.require(provider, "provider");
    Price.require(date, "date");
    Price.require(source, "source");
    if (!(minutes > 0 && writeFactor > 0)) {
      throw new IllegalArgumentException("minutes and write_factor must be above 0");
    }
  }
}
