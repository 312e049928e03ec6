package dev.hone.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.server.state.Administration;
import dev.hone.server.state.NewKey;
import dev.hone.server.state.Scope;
import dev.hone.server.state.StateSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Keys that come and go while a server runs.
class GuardTest {
  @TempDir Path dir;

  private static NewKey wanted(Scope first, OptionalInt rate) {
    return wanted(first, rate, OptionalLong.empty());
  }

  private static NewKey wanted(Scope first, OptionalInt rate, OptionalLong tokens) {
    return new NewKey("acme", "test", EnumSet.of(first), rate, tokens);
  }

  @Test
  void aKeyOpensAtOnceAndARevokedOneNoMore() throws IOException {
    try (var server = RunningServer.start(dir, ServerOptions.local(0).withKeys());
        var beside = Administration.open(StateSettings.sqlite(dir))) {
      var made = beside.addKey(wanted(Scope.FINE_TUNING, OptionalInt.empty()));
      var key = "Authorization: Bearer " + made.secret();
      assertEquals(200, server.get("/v1/files", key).status());
      assertEquals(403, server.post("/v1/embeddings", "{}", key).status());
      beside.revokeKey(made.key().id());
      assertEquals(401, server.get("/v1/files", key).status());
    }
  }

  @Test
  void whoAsksTooOftenIsToldWhenToComeBack() throws IOException {
    try (var server = RunningServer.start(dir, ServerOptions.local(0).withKeys());
        var beside = Administration.open(StateSettings.sqlite(dir))) {
      var made = beside.addKey(wanted(Scope.INFERENCE, OptionalInt.of(2)));
      var key = "Authorization: Bearer " + made.secret();
      assertEquals(200, server.get("/v1/models", key).status());
      assertEquals(200, server.get("/v1/models", key).status());
      var refused = server.get("/v1/models", key);
      assertEquals(429, refused.status());
      assertTrue(Integer.parseInt(refused.header("Retry-After").orElseThrow()) <= 30);
    }
  }

  @Test
  void embeddingsCountAgainstTheTokensOfTheirKey() throws IOException {
    try (var server = RunningServer.start(dir, ServerOptions.local(0).withKeys());
        var beside = Administration.open(StateSettings.sqlite(dir))) {
      var made = beside.addKey(wanted(Scope.INFERENCE, OptionalInt.empty(), OptionalLong.of(1)));
      var key = "Authorization: Bearer " + made.secret();
      var asked = "{\"model\": \"bge-small-en-v1.5\", \"input\": \"Where is my parcel?\"}";
      assertEquals(200, server.post("/v1/embeddings", asked, key).status());
      assertEquals(429, server.post("/v1/embeddings", asked, key).status());
    }
  }
}
