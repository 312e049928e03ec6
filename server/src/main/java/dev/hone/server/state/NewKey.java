package dev.hone.server.state;

import dev.hone.server.api.ApiException;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// A key to be made; [ApiKey] says what its parts mean.
public record NewKey(
    String tenant,
    String name,
    Set<Scope> scopes,
    OptionalInt requestsPerMinute,
    OptionalLong tokenQuota) {
  private static final int LONGEST_NAME = 100;

  public NewKey {
    Tenants.requireName(tenant);
    if (name.isBlank() || name.length() > LONGEST_NAME || name.chars().anyMatch(c -> c < ' ')) {
      throw ApiException.invalid(
          "name", "a key's name has 1 to %d characters of one line".formatted(LONGEST_NAME));
    }
    scopes = Set.copyOf(scopes);
  }
}
