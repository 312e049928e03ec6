package dev.hone.model.chat;

/// Too many requests are waiting; another try later may do.
public final class BusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BusyException() {
    super("too many requests are waiting");
  }
}
