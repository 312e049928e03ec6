package dev.hone.server.state;

import dev.hone.server.api.ApiException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// A key, without its secret.
///
/// @param id which its secret begins with
/// @param name for people
/// @param requestsPerMinute the most; empty for any number
/// @param tokenQuota tokens that it may use over its life; empty for any number
/// @param tokensUsed so far
public record ApiKey(
    String id,
    String tenant,
    Instant createdAt,
    Optional<Instant> revokedAt,
    String name,
    Set<Scope> scopes,
    OptionalInt requestsPerMinute,
    OptionalLong tokenQuota,
    long tokensUsed) {
  public ApiKey {
    scopes = Set.copyOf(scopes);
  }

  /// @throws ApiException where the key lacks a scope
  public void require(Scope scope) {
    if (!scopes.contains(scope)) {
      throw new ApiException(
          403,
          "You have insufficient permissions for this operation. Missing scopes: " + scope.label(),
          "invalid_request_error",
          Optional.empty(),
          Optional.of("missing_scope"));
    }
  }

  /// @throws ApiException where the key has used its tokens up
  public void requireTokens() {
    if (tokenQuota.isPresent() && tokensUsed >= tokenQuota.getAsLong()) {
      throw new ApiException(
          429,
          "You exceeded your current quota of %,d tokens".formatted(tokenQuota.getAsLong()),
          "insufficient_quota",
          Optional.empty(),
          Optional.of("insufficient_quota"));
    }
  }
}
