package dev.hone.model;

/// What the user gave us is wrong: a flag, a file, a row. Only `cli` and `server` print it.
///
/// The message says what is wrong and where (file, line, field, tensor); the hint says the likely
/// cure.
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String hint;

  public UsageException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  public UsageException(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  /// The likely cure, one line; printed as `hint: …` under the message.
  public String hint() {
    return hint;
  }
}
