package dev.hone.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.server.state.NewKey;
import dev.hone.server.state.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// The page, from a server that needs keys.
class PageTest {
  private static final List<String> VIEWS = List.of("/", "/job", "/files", "/ask", "/report");
  private static final Pattern REFERENCE = Pattern.compile("(?:src|href)=\"([^\"]+)\"");
  private static final Pattern IMPORT = Pattern.compile("from \"\\./([^\"]+)\"");

  @TempDir Path dir;
  private RunningServer server;

  @BeforeEach
  void start() throws IOException {
    server = RunningServer.start(dir.resolve("data"), ServerOptions.local(0).withKeys());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  /// What the documents refer to, and what that refers to.
  private Set<String> parts() throws IOException {
    var parts = new TreeSet<String>();
    for (var view : VIEWS) {
      var references = REFERENCE.matcher(server.get(view).body());
      references.results().map(found -> found.group(1)).forEach(parts::add);
    }
    parts.removeIf(path -> !path.startsWith("/page/"));
    for (var script : List.copyOf(parts)) {
      parts.addAll(imports(script));
    }
    return parts;
  }

  private List<String> imports(String script) throws IOException {
    var found = new ArrayList<String>();
    var imports = IMPORT.matcher(server.get(script).body());
    imports.results().forEach(one -> found.add("/page/" + one.group(1)));
    return found;
  }

  @Test
  void thePageNeedsNoKeyAndItsDataDo() throws IOException {
    for (var view : VIEWS) {
      assertEquals(200, server.get(view).status(), view);
    }
    assertEquals(401, server.get("/v1/fine_tuning/jobs").status());
    assertEquals(401, server.get("/v1/fine_tuning/jobs/ftjob-1/events?stream=true").status());
    assertEquals(401, server.post("/v1/files/file-1/check", "").status());
  }

  @Test
  void theReportIsShownOnceToWhoeverHasAKey() throws IOException {
    assertEquals(401, server.post("/report/tickets", "").status());
    var wanted =
        new NewKey(
            "shop", "test", EnumSet.of(Scope.INFERENCE), OptionalInt.empty(), OptionalLong.empty());
    var key = "Authorization: Bearer " + server.state.keys().create(wanted).secret();
    var path =
        JsonMapper.shared()
            .readTree(server.post("/report/tickets", "", key).body())
            .path("path")
            .asString();
    var shown = server.get(path);
    assertEquals(RunningServer.REPORT, shown.body());
    var policy = shown.header("Content-Security-Policy").orElseThrow();
    assertTrue(policy.startsWith("default-src 'none';"), policy);
    assertTrue(policy.endsWith("frame-ancestors 'self'; sandbox allow-scripts"), policy);
    assertEquals(404, server.get(path).status());
    assertEquals(404, server.get("/report/view/00000000-0000-0000-0000-000000000000").status());
  }

  @Test
  void everythingThatItRefersToIsThere() throws IOException {
    var parts = parts();
    assertTrue(parts.containsAll(Set.of("/page/api.js", "/page/uplot.js", "/page/page.css")));
    for (var part : parts) {
      var reply = server.get(part);
      assertEquals(200, reply.status(), part);
      var type = reply.header("Content-Type").orElseThrow();
      assertEquals(part.endsWith(".js"), type.startsWith("text/javascript"), part);
      assertEquals(part.endsWith(".css"), type.startsWith("text/css"), part);
    }
  }

  @Test
  void itRunsNothingInline() throws IOException {
    for (var view : VIEWS) {
      var html = server.get(view).body();
      assertFalse(Pattern.compile("<script(?![^>]* src=)").matcher(html).find(), view);
      assertFalse(Pattern.compile("<[^>]+ (on\\w+|style)=").matcher(html).find(), view);
      assertFalse(html.contains("//"), view + " refers to elsewhere");
    }
  }

  @Test
  void textIsSetAsText() throws IOException {
    for (var script : parts()) {
      if (script.endsWith(".js") && !script.endsWith("uplot.js")) {
        var code = server.get(script).body();
        assertFalse(code.matches("(?s).*(innerHTML|outerHTML|insertAdjacent|eval\\().*"), script);
        assertFalse(code.contains("localStorage"), script);
      }
    }
  }

  @Test
  void everyAnswerIsGuarded() throws IOException {
    for (var path : List.of("/", "/page/api.js", "/v1/models", "/healthz", "/no/such/path")) {
      var reply = server.get(path);
      var policy = reply.header("Content-Security-Policy").orElseThrow();
      assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
      assertTrue(policy.endsWith("frame-ancestors 'none'"), policy);
      assertFalse(policy.contains("unsafe"), policy);
      assertEquals(Optional.of("nosniff"), reply.header("X-Content-Type-Options"), path);
      assertEquals(Optional.of("no-store"), reply.header("Cache-Control"), path);
      assertEquals(Optional.of("no-referrer"), reply.header("Referrer-Policy"), path);
      assertEquals(Optional.empty(), reply.header("Access-Control-Allow-Origin"), path);
    }
  }
}
