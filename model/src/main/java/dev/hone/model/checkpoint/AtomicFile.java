package dev.hone.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Writes files that are either whole or not there: into `.NAME.tmp` beside the target, forced to
/// disk, then renamed over it. A process that is killed leaves at most the temporary file, which
/// the next attempt overwrites. One writer per target at a time.
public final class AtomicFile {
  private AtomicFile() {}

  /// What writes a file's content, from the channel's beginning.
  @FunctionalInterface
  public interface Body {
    void writeTo(FileChannel channel) throws IOException;
  }

  /// Writes `target` through `body`. Whatever fails, `target` stays as it was and no temporary file
  /// is left.
  public static void write(Path target, Body body) throws CheckpointException {
    var temporary = beside(target, ".tmp");
    try {
      try {
        writeAndForce(temporary, body);
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        deleteLeftover(temporary);
      }
      force(target.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw CheckpointException.cannotWrite(target, e);
    }
  }

  public static void write(Path target, byte[] content) throws CheckpointException {
    write(target, channel -> writeFully(channel, ByteBuffer.wrap(content)));
  }

  /// Writes `content` as UTF-8.
  public static void write(Path target, String content) throws CheckpointException {
    write(target, content.getBytes(StandardCharsets.UTF_8));
  }

  /// Copies a file byte for byte.
  public static void copy(Path source, Path target) throws CheckpointException {
    write(
        target,
        channel -> {
          try (var in = FileChannel.open(source, StandardOpenOption.READ)) {
            long size = in.size();
            for (long done = 0; done < size; ) done += in.transferTo(done, size - done, channel);
          }
        });
  }

  static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) channel.write(bytes);
  }

  static Path beside(Path target, String suffix) {
    return target.resolveSibling("." + target.getFileName() + suffix);
  }

  /// Makes the entries of a directory durable. Windows has no such operation and needs none.
  static void force(Path dir) throws IOException {
    if (System.getProperty("os.name").startsWith("Windows")) return;
    try (var channel = FileChannel.open(dir, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void writeAndForce(Path temporary, Body body) throws IOException {
    try (var channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      body.writeTo(channel);
      channel.force(true);
    }
  }

  /// After a rename there is nothing to delete; after a failure there may be, or the directory
  /// itself is missing.
  private static void deleteLeftover(Path temporary) throws IOException {
    if (Files.exists(temporary)) Files.delete(temporary);
  }
}
