package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.server.state.Scope;
import dev.hone.server.state.State;
import dev.hone.server.state.StateSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ServerKeysTest {
  @TempDir Path dir;

  private TestShell hone(int expected, String... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--data-dir", dir.resolve("data").toString()));
    var shell = new TestShell();
    assertEquals(expected, shell.hone(all.toArray(String[]::new)), shell::err);
    return shell;
  }

  private JsonNode json(String... words) {
    return JsonMapper.shared().readTree(hone(0, words).out());
  }

  @Test
  void aKeyIsMadeListedAndRevokedWhileAServerHasTheDirectory() throws IOException {
    try (var state = State.open(StateSettings.sqlite(dir.resolve("data")))) {
      var made =
          hone(
              0,
              "serve key add --name build --tenant shop --scopes inference --rate 60 --tokens 9000000000 --file-quota 1GB"
                  .split(" "));
      var secret = made.out().strip();
      assertFalse(made.err().contains(secret), made::err);

      var key = state.keys().find(secret).orElseThrow();
      assertEquals("shop", key.tenant());
      assertEquals(Set.of(Scope.INFERENCE), key.scopes());
      assertEquals(60, key.requestsPerMinute().orElseThrow());
      assertEquals(9_000_000_000L, key.tokenQuota().orElseThrow());
      assertEquals(1_000_000_000L, state.tenants().quota("shop").fileBytes());

      var table = hone(0, "serve", "key", "list").out();
      assertTrue(table.contains("0 of 9,000,000,000"), table);
      assertFalse(table.contains(secret.substring(secret.lastIndexOf('-'))), table);

      hone(0, "serve", "key", "revoke", key.id());
      assertTrue(state.keys().find(secret).isEmpty());
      var listed = json("serve", "key", "list", "--json").get(0);
      assertEquals(key.id(), listed.get("id").asString());
      assertTrue(listed.get("revoked_at").isNumber(), listed::toString);
    }
  }

  @Test
  void aKeyCanBeMadeBeforeTheFirstStart() throws IOException {
    var secret = hone(0, "serve", "key", "add", "--name", "first").out().strip();
    try (var state = State.open(StateSettings.sqlite(dir.resolve("data")))) {
      var key = state.keys().find(secret).orElseThrow();
      assertEquals("local", key.tenant());
      assertEquals(Set.of(Scope.INFERENCE, Scope.FINE_TUNING), key.scopes());
    }
  }

  @Test
  void theAuditLogSaysWhoDidWhat() {
    hone(0, "serve", "key", "add", "--name", "one");
    hone(0, "serve", "key", "add", "--name", "two", "--tenant", "shop");
    assertEquals(1, json("serve", "audit", "--tenant", "shop", "--json").size());
    var latest = json("serve", "audit", "--last", "1", "--json").get(0);
    assertEquals("two", latest.get("detail").asString());
    var table = hone(0, "serve", "audit").out().lines().toList();
    assertEquals(3, table.size());
    assertTrue(table.get(1).contains("shop    operator  key.create"), table::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          key list                              | no server keeps anything here
          audit                                 | no server keeps anything here
          key revoke x                          | no server keeps anything here
          audit --last 0                        | --last must be between 1 and 10,000, got 0
          key add --name a --tenant a/b         | --tenant: a tenant's name has
          key add --name a --scopes all         | --scopes all: there is no such scope
          key add --name a --rate 0             | --rate must be at least 1, got 0
          key add --name a --tokens 0           | --tokens must be between 1
          key add --name a --file-quota lots    | is no size such as 8MB or 10GB
          """)
  void whatIsWrongIsNamedBeforeAnythingIsMade(String line, String message) {
    var shell = hone(2, ("serve " + line.strip()).split(" "));
    assertTrue(shell.err().contains(message), shell::err);
    assertFalse(Files.exists(dir.resolve("data")));
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://localhost/hone?user=a&password=geheim, has a password",
    "jdbc:postgresql://a:geheim@localhost/hone, has a password",
    "mysql://a:geheim@localhost/hone, is no URL of a PostgreSQL"
  })
  void aPasswordInTheDatabasesUrlIsRefusedAndNotRepeated(String url, String message) {
    var shell = hone(2, "serve", "key", "list", "--database", url);
    assertTrue(shell.err().contains(message), shell::err);
    assertFalse(shell.err().contains("geheim"), shell::err);
  }

  @Test
  void aDatabaseThatIsAwayIsNamed() {
    var url = "jdbc:postgresql://127.0.0.1:1/hone?user=hone";
    var shell = hone(1, "serve", "key", "list", "--database", url);
    assertTrue(shell.err().startsWith("error: PostgreSQL: "), shell::err);
    assertEquals(1, shell.err().lines().count());
  }

  @Test
  void aKeyThatIsNotThereIsNamed() {
    hone(0, "serve", "key", "add", "--name", "one");
    assertTrue(hone(2, "serve", "key", "revoke", "x").err().startsWith("error: there is no key x"));
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 1000",
    "8MB, 8000000",
    "8 mib, 8388608",
    "1.5GB, 1500000000",
    "2k, 2000",
    "1TB, 1000000000000",
    "0.5KiB, 512"
  })
  void sizesAreReadAsPeopleWriteThem(String text, long bytes) {
    assertEquals(bytes, new ByteSize().convert(text));
  }
}
