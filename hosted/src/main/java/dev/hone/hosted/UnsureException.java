package dev.hone.hosted;

/// A request that was to make something, and failed so that it may have been done all the same.
final class UnsureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnsureException(String message) {
    super(message);
  }
}
