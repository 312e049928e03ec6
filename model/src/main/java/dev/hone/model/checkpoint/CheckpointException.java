package dev.hone.model.checkpoint;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A file of a model that cannot be read, written or believed. The message is one line: the path,
/// what is wrong and where (offset, tensor, field), and after a semicolon the likely cure.
public final class CheckpointException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_LENGTH = 500;
  private final transient Path path;

  public CheckpointException(Path path, String what) {
    super(message(path, what));
    this.path = path;
  }

  public CheckpointException(Path path, String what, Throwable cause) {
    super(message(path, what), cause);
    this.path = path;
  }

  /// The file or directory that the message is about.
  public Path path() {
    return path;
  }

  /// A failure to read, in the words of a user: what the file system said, without its class names.
  static CheckpointException cannotRead(Path path, IOException cause) {
    return cause instanceof CheckpointException known
        ? known
        : new CheckpointException(path, "cannot be read: " + reason(cause), cause);
  }

  /// A failure to write, in the words of a user.
  static CheckpointException cannotWrite(Path path, IOException cause) {
    return cause instanceof CheckpointException known
        ? known
        : new CheckpointException(
            path, "cannot be written: " + reason(cause) + "; nothing was left behind", cause);
  }

  private static String reason(IOException cause) {
    return switch (cause) {
      case NoSuchFileException _ -> "no such file or directory";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException e when e.getReason() != null -> e.getReason();
      case IOException e when e.getMessage() != null -> e.getMessage();
      case IOException e -> e.getClass().getSimpleName();
    };
  }

  private static String message(Path path, String what) {
    var shown = what.length() <= MAX_LENGTH ? what : what.substring(0, MAX_LENGTH) + "…";
    return Quoted.oneLine(path + ": " + shown);
  }
}
