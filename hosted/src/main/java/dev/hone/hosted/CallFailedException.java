package dev.hone.hosted;

/// One call that failed for good.
final class CallFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CallFailedException(String message) {
    super(message);
  }
}
