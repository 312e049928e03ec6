package dev.hone.tensor;

/// Two values that do not fit together: our bug or the caller's.
public final class ShapeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ShapeException(String operation, String message) {
    super(operation + ": " + message);
  }
}
