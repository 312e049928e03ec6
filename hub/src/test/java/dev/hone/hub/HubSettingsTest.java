package dev.hone.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HubSettingsTest {
  private static HubSettings settings(String... variables) throws IOException {
    var environment = new HashMap<>(Map.of("HOME", "/home/user"));
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return HubSettings.of(environment);
  }

  @Test
  void theCacheIsWhereHuggingFacesToolsHaveIt() throws IOException {
    assertEquals(Path.of("/home/user/.cache/huggingface/hub"), settings().cache());
    assertEquals(Path.of("/x/huggingface/hub"), settings("XDG_CACHE_HOME", "/x").cache());
    assertEquals(Path.of("/h/hub"), settings("XDG_CACHE_HOME", "/x", "HF_HOME", "/h").cache());
    assertEquals(Path.of("/c"), settings("HF_HOME", "/h", "HF_HUB_CACHE", "/c").cache());
    assertEquals(Path.of("/home/user/h/hub"), settings("HF_HOME", "~/h").cache());
  }

  @Test
  void theTokenIsFoundAndHasNoText(@TempDir Path dir) throws IOException {
    Files.writeString(dir.resolve("token"), "hf_file\n");
    var other = Files.writeString(dir.resolve("other"), "hf_other");

    assertEquals(Optional.empty(), settings().token());
    assertEquals("hf_file", value(settings("HF_HOME", "" + dir)));
    assertEquals("hf_other", value(settings("HF_HOME", "" + dir, "HF_TOKEN_PATH", "" + other)));
    assertEquals("hf_env", value(settings("HF_HOME", "" + dir, "HF_TOKEN", "hf_env")));
    assertFalse(settings("HF_TOKEN", "hf_env").toString().contains("hf_env"));
    var wrong = assertThrows(UsageException.class, () -> settings("HF_TOKEN", "hf two words"));
    assertFalse((wrong.getMessage() + wrong.hint()).contains("two"));
  }

  private static String value(HubSettings settings) {
    return settings.token().orElseThrow().value();
  }

  @ParameterizedTest
  @ValueSource(strings = {"huggingface.co", "ftp://hub", "http:/x"})
  void anEndpointThatIsNoneIsRefused(String endpoint) {
    assertThrows(UsageException.class, () -> settings("HF_ENDPOINT", endpoint));
  }

  @ParameterizedTest
  @CsvSource({
    "org/name, org/name, main",
    "org/name@v1.0, org/name, v1.0",
    "Qwen/Qwen2.5-0.5B, Qwen/Qwen2.5-0.5B, main"
  })
  void aNameHasARevisionOrTheUsualOne(String text, String repository, String revision) {
    assertEquals(Optional.of(new HubModel(repository, revision)), HubModel.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name",
        "./name",
        "../name",
        "/org/name",
        "a/b/c",
        "org/",
        "org/name@",
        "org/a--b",
        "org/a..b",
        "org/name@..",
        "~/name",
        "org/-name",
        "http://x/y",
        "org/na me"
      })
  void aPathIsNoName(String text) {
    assertEquals(Optional.empty(), HubModel.parse(text));
  }

  @Test
  void proxiesAreThoseOfTheEnvironment() {
    var rules =
        ProxyRules.of(
            Map.of(
                "HTTPS_PROXY", "http://secure:1",
                "http_proxy", "plain:2",
                "NO_PROXY", "inside, .corp.example, other:8080"));

    assertEquals("secure:1", proxy(rules, "https://hub.example/x"));
    assertEquals("plain:2", proxy(rules, "http://hub.example/x"));
    assertEquals("direct", proxy(rules, "https://inside/x"));
    assertEquals("direct", proxy(rules, "https://hub.corp.example/x"));
    assertEquals("direct", proxy(rules, "https://other:8080/x"));
    assertEquals("secure:1", proxy(rules, "https://other/x"));
    assertEquals("all:3", proxy(ProxyRules.of(Map.of("ALL_PROXY", "http://all:3")), "https://x/"));
    assertEquals("direct", proxy(ProxyRules.of(Map.of()), "https://x/"));
  }

  private static String proxy(ProxyRules rules, String uri) {
    var proxy = rules.select(URI.create(uri)).getFirst();
    return proxy.type() == Proxy.Type.DIRECT
        ? "direct"
        : proxy.address() instanceof InetSocketAddress at
            ? at.getHostString() + ":" + at.getPort()
            : "?";
  }

  @Test
  void aProxyThatCannotBeUsedIsRefusedWithoutItsPassword() {
    var failure =
        assertThrows(
            UsageException.class, () -> settings("HTTPS_PROXY", "socks5://user:password@host:1"));

    assertTrue(failure.getMessage().contains("HTTPS_PROXY"), failure.getMessage());
    assertFalse((failure.getMessage() + failure.hint()).contains("user:password"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://hub.invalid, HTTP_PROXY, GET http://hub.invalid/api/models/org/tiny/",
    "https://hub.invalid, HTTPS_PROXY, CONNECT hub.invalid:443"
  })
  void requestsGoThroughTheProxyWithItsPassword(String endpoint, String variable, String line)
      throws IOException {
    try (var socket = new ServerSocket(0)) {
      var heard =
          CompletableFuture.supplyAsync(() -> {
            try (var client = socket.accept()) {
              var request = new StringBuilder();
              while (!request.toString().endsWith("\r\n\r\n")) {
                request.append((char) client.getInputStream().read());
              }
              client
                  .getOutputStream()
                  .write(
                      "HTTP/1.1 502 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                          .getBytes(StandardCharsets.US_ASCII));
              return request.toString();
            } catch (IOException e) {
              return e.toString();
            }
          });
      var settings =
          settings(
              "HF_HOME",
              "/nowhere",
              "HF_ENDPOINT",
              endpoint,
              variable,
              "http://user:word@127.0.0.1:" + socket.getLocalPort());
      var once =
          new Patience(Duration.ofSeconds(5), 1, Duration.ofMillis(1), Duration.ofSeconds(1));
      var hub = new Hub(settings, once, new Silent());

      assertThrows(HubException.class, () -> hub.fetch(new HubModel("org/tiny", "main")));
      var request = heard.join();
      assertTrue(request.startsWith(line), request);
      assertTrue(request.contains("Proxy-Authorization: Basic dXNlcjp3b3Jk"), request);
    }
  }

  private static final class Silent implements HubListener {
    @Override
    public void note(String text) {}

    @Override
    public void begin(long done, long total) {}

    @Override
    public void moved(long done, long total) {}
  }
}
