package dev.hone.hosted;

/// One call that failed for good.
final class CallFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Whether the server refused the call, so that another one may pass.
  private final boolean isRefused;

  CallFailedException(String message) {
    super(message);
    this.isRefused = false;
  }

  CallFailedException(RefusedException refused) {
    super(refused.getMessage(), refused);
    this.isRefused = true;
  }

  boolean isRefused() {
    return isRefused;
  }
}
