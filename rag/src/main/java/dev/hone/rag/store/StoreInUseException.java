package dev.hone.rag.store;

import java.io.IOException;
import java.nio.file.Path;

/// Another process writes to the store.
public final class StoreInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  StoreInUseException(String message) {
    super(message);
  }

  StoreInUseException(Path path, Throwable cause) {
    super(path + ": another process is updating it", cause);
  }
}
