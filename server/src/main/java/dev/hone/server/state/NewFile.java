package dev.hone.server.state;

import dev.hone.server.api.ApiException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/// What the sender of a file says of it.
///
/// @param filename kept as a text, and never used as a path
/// @param expiresAfterSeconds an hour to 30 days; empty for never
public record NewFile(String filename, String purpose, OptionalLong expiresAfterSeconds) {
  /// What files are for that users send.
  public static final List<String> PURPOSES =
      List.of("fine-tune", "assistants", "batch", "user_data", "vision", "evals");

  private static final int LONGEST_NAME = 512;
  private static final long LEAST_SECONDS = 3600;
  private static final long MOST_SECONDS = 2_592_000;

  public NewFile {
    if (filename.isBlank()
        || filename.length() > LONGEST_NAME
        || filename.chars().anyMatch(NewFile::isRefused)) {
      throw ApiException.invalid(
          "file",
          "a file needs a name of 1 to 512 characters without slashes and control characters");
    }
    if (!PURPOSES.contains(purpose)) {
      throw ApiException.invalid(
          "purpose",
          "'%s' is not one of ['%s'] - 'purpose'"
              .formatted(purpose, String.join("', '", PURPOSES)));
    }
    if (purpose.equals("fine-tune") && !filename.toLowerCase(Locale.ROOT).endsWith(".jsonl")) {
      throw ApiException.invalid("file", "Invalid file format for Fine-Tuning API. Must be .jsonl");
    }
    long seconds = expiresAfterSeconds.orElse(LEAST_SECONDS);
    if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS) {
      throw ApiException.invalid(
          "expires_after",
          "expires_after.seconds must be between 3600 and 2592000, got " + seconds);
    }
  }

  /// A name is never a path of ours, and should be none to whoever downloads the file.
  private static boolean isRefused(int c) {
    return Character.isISOControl(c) || c == '/' || c == '\\';
  }
}
