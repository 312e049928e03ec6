package dev.hone.model.jinja;

/// A template that doesn't compile; [Template] says which one.
final class SyntaxError extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int line;

  SyntaxError(String message, int line) {
    super(message);
    this.line = line;
  }

  int line() {
    return line;
  }
}
