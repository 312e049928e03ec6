package dev.hone.model.chat;

/// A question that cannot be asked, in words for whoever asks.
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Part part;

  /// What is wrong with it.
  public enum Part {
    MESSAGES,
    /// The prompt leaves the context no room for an answer.
    LENGTH,
    TOOLS,
    /// The model cannot be made to call a tool.
    TOOL_CHOICE
  }

  RefusedException(Part part, String message) {
    super(message);
    this.part = part;
  }

  public Part part() {
    return part;
  }
}
