package dev.hone.ladder.rung;

import java.io.IOException;

/// Why a call failed: the server refused it, and the form that it asked for may be what it refused.
public final class FormRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  public FormRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
