package dev.hone.cli;

import dev.hone.model.UsageException;
import dev.hone.server.api.ApiException;
import dev.hone.server.state.Administration;
import dev.hone.server.state.ApiKey;
import dev.hone.server.state.NewKey;
import dev.hone.server.state.Scope;
import dev.hone.server.state.StateSettings;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// What `hone serve key` does.
record ServerKeys(Shell shell, StateSettings settings) {
  /// A key that is asked for.
  ///
  /// @param fileQuota of its tenant, bytes
  record Wish(
      String tenant,
      String name,
      List<String> scopes,
      OptionalInt rate,
      OptionalLong tokens,
      Optional<Long> fileQuota) {}

  void add(Wish wish) throws IOException {
    var wanted = wanted(wish);
    try (var state = Administration.openOrCreate(settings)) {
      var made = state.addKey(wanted);
      if (wish.fileQuota().isPresent()) {
        state.setFileQuota(wish.tenant(), wish.fileQuota().get());
      }
      shell.out().println(made.secret());
      shell.out().flush();
      shell
          .err()
          .printf(
              "key %s of tenant %s, for %s; its secret is not kept and cannot be shown again%n",
              made.key().id(), wish.tenant(), scopes(made.key()));
    }
  }

  private static NewKey wanted(Wish wish) {
    var scopes = wish.scopes().stream().map(ServerKeys::scope).collect(Collectors.toSet());
    try {
      return new NewKey(wish.tenant(), wish.name(), scopes, wish.rate(), wish.tokens());
    } catch (ApiException e) {
      throw new UsageException(
          "--%s: %s".formatted(e.param().orElseThrow(), e.getMessage()),
          "for instance: hone serve key add --name build --tenant shop",
          e);
    }
  }

  private static Scope scope(String word) {
    return Arrays.stream(Scope.values())
        .filter(scope -> scope.label().equals(word))
        .findFirst()
        .orElseThrow(() ->
            new UsageException(
                "--scopes %s: there is no such scope".formatted(word),
                "inference is for asking models, fine_tuning for files, jobs and models, admin for"
                    + " letting other tenants ask a model"));
  }

  void list(boolean isJson) throws IOException {
    try (var state = Administration.open(settings)) {
      if (isJson) {
        shell.out().println(Facts.json(state.keys().stream().map(ServerKeys::json).toList()));
        return;
      }
      var table =
          Table.ofFacts()
              .row("id", "name", "tenant", "scopes", "a minute", "tokens", "made", "revoked");
      for (var key : state.keys()) {
        table.row(
            key.id(),
            key.name(),
            key.tenant(),
            scopes(key),
            limit(key.requestsPerMinute().stream().asLongStream().findFirst()),
            Numbers.count(key.tokensUsed()) + " of " + limit(key.tokenQuota()),
            key.createdAt().toString(),
            key.revokedAt().map(Object::toString).orElse(""));
      }
      table.lines().forEach(shell.out()::println);
    }
  }

  private static String limit(OptionalLong most) {
    return most.isPresent() ? Numbers.count(most.getAsLong()) : "any";
  }

  private static String scopes(ApiKey key) {
    return key.scopes().stream().map(Scope::label).sorted().collect(Collectors.joining(", "));
  }

  private static Map<String, Object> json(ApiKey key) {
    var json = new LinkedHashMap<String, Object>();
    json.put("id", key.id());
    json.put("name", key.name());
    json.put("tenant", key.tenant());
    json.put("scopes", key.scopes().stream().map(Scope::label).sorted().toList());
    json.put("requests_per_minute", key.requestsPerMinute());
    json.put("token_quota", key.tokenQuota());
    json.put("tokens_used", key.tokensUsed());
    json.put("created_at", key.createdAt().getEpochSecond());
    json.put("revoked_at", key.revokedAt().map(time -> time.getEpochSecond()));
    return json;
  }

  void revoke(String id) throws IOException {
    try (var state = Administration.open(settings)) {
      var key =
          state
              .revokeKey(id)
              .orElseThrow(() ->
                  new UsageException("there is no key " + id, "hone serve key list shows them"));
      shell.out().printf("key %s (%s) opens nothing any more%n", key.id(), key.name());
    }
  }
}
