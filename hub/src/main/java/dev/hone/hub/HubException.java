package dev.hone.hub;

import java.io.IOException;

/// The hub, or the way to it, failed: nothing that the user has given is wrong.
public final class HubException extends IOException {
  private static final long serialVersionUID = 1L;
  private final String hint;

  HubException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  /// The likely cure, one line.
  public String hint() {
    return hint;
  }
}
