package dev.hone.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A file of a repository, as the hub tells of it.
///
/// @param name its path in the repository, with `/`
/// @param size in bytes
/// @param etag its hash in hexadecimal digits: SHA-256 of a file in large-file storage (64 digits),
///   else that of a git blob, SHA-1 (40 digits)
record RepoFile(String name, long size, String etag) {
  private static final int SHA256_DIGITS = 64;
  private static final int CHUNK = 1 << 20;

  /// The hash of what a file holds, to be compared with [#etag].
  String hash(Path file) throws IOException {
    boolean isLarge = etag.length() == SHA256_DIGITS;
    var digest = digest(isLarge ? "SHA-256" : "SHA-1");
    if (!isLarge) {
      digest.update("blob %d\0".formatted(size).getBytes(StandardCharsets.US_ASCII));
    }
    try (var in = Files.newInputStream(file)) {
      var chunk = new byte[CHUNK];
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        digest.update(chunk, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is missing from this JDK", e);
    }
  }
}
