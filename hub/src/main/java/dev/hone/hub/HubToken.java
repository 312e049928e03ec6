package dev.hone.hub;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Says to the hub who asks. It is sent to the hub, and told to nobody else: it has no text.
final class HubToken {
  private static final String VARIABLE = "HF_TOKEN";

  private final String value;

  private HubToken(String value) {
    this.value = value;
  }

  /// From the environment, else from the file, where there is one.
  static Optional<HubToken> find(Map<String, String> environment, Path file) throws IOException {
    var given = environment.getOrDefault(VARIABLE, "").strip();
    if (!given.isEmpty()) {
      return Optional.of(of(given, VARIABLE));
    }
    var stored = Files.isRegularFile(file) ? Files.readString(file).strip() : "";
    return stored.isEmpty() ? Optional.empty() : Optional.of(of(stored, file.toString()));
  }

  private static HubToken of(String value, String where) {
    if (!value.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new UsageException(
          where + ": is no token", "a token is one word, such as hf_ and letters");
    }
    return new HubToken(value);
  }

  /// For the one header that it belongs in.
  String value() {
    return value;
  }

  @Override
  public String toString() {
    return "[token]";
  }
}
