package dev.hone.server.api;

import java.util.Optional;

/// Which part of a list is asked for.
///
/// @param after the last id of the part before; empty for the beginning
/// @param limit the most entries
/// @param isAscending oldest first; otherwise newest first
public record PageRequest(Optional<String> after, int limit, boolean isAscending) {
  /// The longest page of anything.
  public static final int MOST = 10_000;

  public PageRequest {
    if (limit < 1 || limit > MOST) {
      throw ApiException.invalid(
          "limit", "limit must be between 1 and %d, got %d".formatted(MOST, limit));
    }
  }

  /// The newest.
  public static PageRequest first(int limit) {
    return new PageRequest(Optional.empty(), limit, false);
  }

  /// The next after `id`, newest first.
  public static PageRequest after(String id, int limit) {
    return new PageRequest(Optional.of(id), limit, false);
  }
}
