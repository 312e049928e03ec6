package dev.hone.hosted;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A provider's key. It is sent to the provider, and told to nobody else: it has no text.
final class Secret {
  private static final String HIDDEN = "[key]";

  /// Shorter ones are found in texts that do not mean them.
  private static final int LEAST_HIDDEN = 4;

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /// No key, for servers that want none.
  static Secret none() {
    return new Secret("");
  }

  /// From a file, or the environment.
  ///
  /// @throws UsageException where there is none and the provider needs one
  static Secret find(Provider provider, Map<String, String> environment, Optional<Path> file)
      throws IOException {
    if (file.isPresent()) {
      return of(Files.readString(file.get()).strip(), file.get().toString());
    }
    for (var variable : provider.keyVariables()) {
      var value = environment.getOrDefault(variable, "").strip();
      if (!value.isEmpty()) {
        return of(value, variable);
      }
    }
    if (provider.needsKey()) {
      throw new UsageException(
          "%s needs a key".formatted(provider.label()),
          "set %s, or name a file that holds it with --key-file"
              .formatted(String.join(" or ", provider.keyVariables())));
    }
    return none();
  }

  private static Secret of(String value, String where) {
    if (value.isEmpty() || !value.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new UsageException(
          where + ": is no key", "a key is one word of letters, digits and signs");
    }
    return new Secret(value);
  }

  /// For the one header that it belongs in.
  String value() {
    return value;
  }

  /// The text without the key: servers repeat what they were sent.
  String hiddenIn(String text) {
    return value.length() < LEAST_HIDDEN ? text : text.replace(value, HIDDEN);
  }

  @Override
  public String toString() {
    return HIDDEN;
  }
}
