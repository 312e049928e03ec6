package dev.hone.server.state;

import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.server.api.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// File contents on disk, each under an id of ours. A content appears whole, and is durable.
final class Contents {
  private static final int BUFFER = 1 << 16;

  private final Path dir;

  private Contents(Path dir) {
    this.dir = dir;
  }

  static Contents open(Path dir) throws IOException {
    Files.createDirectories(dir);
    return new Contents(dir);
  }

  /// What was written.
  ///
  /// @param md5 in hexadecimal digits
  record Written(long bytes, String md5) {}

  Path path(String id) {
    return dir.resolve(id);
  }

  /// Copies a stream.
  ///
  /// @param most bytes
  /// @param what for the message where there are more
  Written write(String id, InputStream in, long most, String what) throws IOException {
    var digest = md5();
    var bytes = new long[1];
    AtomicFile.write(path(id), channel -> bytes[0] = copy(in, channel, digest, most, what));
    return new Written(bytes[0], HexFormat.of().formatHex(digest.digest()));
  }

  /// Joins contents of other ids from another place.
  Written join(String id, Contents from, List<String> parts) throws IOException {
    var digest = md5();
    var bytes = new long[1];
    AtomicFile.write(
        path(id),
        channel -> {
          for (var part : parts) {
            try (var in = Files.newInputStream(from.path(part))) {
              bytes[0] += copy(in, channel, digest, Long.MAX_VALUE, "");
            }
          }
        });
    return new Written(bytes[0], HexFormat.of().formatHex(digest.digest()));
  }

  private static long copy(
      InputStream in, FileChannel to, MessageDigest digest, long most, String what)
      throws IOException {
    var buffer = new byte[BUFFER];
    long bytes = 0;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      bytes += read;
      if (bytes > most) {
        throw tooLarge(what, most);
      }
      digest.update(buffer, 0, read);
      var chunk = ByteBuffer.wrap(buffer, 0, read);
      while (chunk.hasRemaining()) {
        to.write(chunk);
      }
    }
    return bytes;
  }

  static ApiException tooLarge(String what, long most) {
    return new ApiException(
        413,
        "%s is too large: at most %,d bytes".formatted(what, most),
        "invalid_request_error",
        Optional.empty(),
        Optional.empty());
  }

  void delete(String id) throws IOException {
    Files.deleteIfExists(path(id));
  }

  /// Deletes everything that has no row: what a crash left between disk and database.
  void keepOnly(Set<String> ids) throws IOException {
    for (var file : list()) {
      if (!ids.contains(file.getFileName().toString())) {
        Files.delete(file);
      }
    }
  }

  private List<Path> list() throws IOException {
    try (var files = Files.newDirectoryStream(dir)) {
      var list = new ArrayList<Path>();
      files.forEach(list::add);
      return list;
    }
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }
}
