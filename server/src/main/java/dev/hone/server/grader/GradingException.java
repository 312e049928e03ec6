package dev.hone.server.grader;

/// A grader that cannot grade a sample.
final class GradingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final GradingError error;

  GradingException(GradingError error, String message) {
    super(message);
    this.error = error;
  }

  GradingError error() {
    return error;
  }
}
