package dev.hone.rag.document;

import java.io.IOException;

/// A file whose text cannot be had: damaged, locked, empty, or over a limit. The message is the
/// reason alone; whoever reads files knows the path.
public final class UnreadableException extends IOException {
  private static final long serialVersionUID = 1L;

  public UnreadableException(String reason) {
    super(reason);
  }

  public UnreadableException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
