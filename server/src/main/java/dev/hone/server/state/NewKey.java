package dev.hone.server.state;

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
  public NewKey {
    Tenants.requireName(tenant);
    scopes = Set.copyOf(scopes);
  }
}
