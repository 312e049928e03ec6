package dev.hone.hosted;

/// Why nothing more can be asked of a hosted model: its key is refused, it is not there, or the
/// budget is used up. What was answered is kept.
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String hint;

  StoppedException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  /// The likely cure.
  public String hint() {
    return hint;
  }
}
