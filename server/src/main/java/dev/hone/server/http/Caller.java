package dev.hone.server.http;

import dev.hone.server.api.ApiException;
import dev.hone.server.state.ApiKey;
import dev.hone.server.state.Scope;
import java.util.Optional;

/// Who has sent a request.
///
/// @param key its own; empty where none is needed
record Caller(String tenant, Optional<ApiKey> key) {
  /// Everybody, where no keys are needed.
  static final Caller LOCAL = new Caller("local", Optional.empty());

  /// @throws ApiException where the key doesn't allow it
  void require(Scope scope) {
    key.ifPresent(own -> own.require(scope));
  }

  /// Whose turn its requests count as.
  String client() {
    return key.map(ApiKey::id).orElse(tenant);
  }
}
