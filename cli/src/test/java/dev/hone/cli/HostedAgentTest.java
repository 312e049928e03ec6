package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `hone eval --metric agent` of a model that a server on loopback hosts, in OpenAI's protocol.
class HostedAgentTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String KEY = "sk-planted-agent-4711";

  @TempDir private Path dir;

  private static Map<String, Object> call(String name, Map<String, Object> arguments) {
    var function = Map.of("name", name, "arguments", JSON.writeValueAsString(arguments));
    return Map.of("id", "c", "type", "function", "function", function);
  }

  private Path rows() throws IOException {
    var parameters =
        Map.of("type", "object", "properties", Map.of("tea", Map.of("type", "string")));
    var function = Map.of("name", "stock", "description", "Counts.", "parameters", parameters);
    var rows = new ArrayList<String>();
    for (var tea : List.of("green", "black", "white")) {
      var messages =
          List.of(
              Map.of("role", "user", "content", "How much %s tea?".formatted(tea)),
              Map.of(
                  "role",
                  "assistant",
                  "content",
                  "",
                  "tool_calls",
                  List.of(call("stock", Map.of("tea", tea)))),
              Map.of("role", "tool", "tool_call_id", "c", "content", "12 tins"),
              Map.of("role", "assistant", "content", "Twelve tins."));
      var tools = List.of(Map.of("type", "function", "function", function));
      rows.add(JSON.writeValueAsString(Map.of("tools", tools, "messages", messages)));
    }
    return Files.write(dir.resolve("rows.jsonl"), rows);
  }

  /// Asks for the stock, of white tea always wrongly, and answers once it has the result.
  private static Map<String, Object> message(JsonNode request) {
    var messages = request.path("messages");
    var last = messages.get(messages.size() - 1);
    if (last.path("role").asString().equals("tool")) {
      return Map.of("role", "assistant", "content", "There are " + last.path("content").asString());
    }
    var tea = last.path("content").asString().replaceAll("How much (\\w+) tea\\?", "$1");
    Map<String, Object> arguments = Map.of("tea", tea.equals("white") ? "red" : tea);
    return Map.of("role", "assistant", "tool_calls", List.of(call("stock", arguments)));
  }

  /// A server, and what it was asked.
  private record Agent(HttpServer server, List<JsonNode> asked) implements AutoCloseable {
    static Agent start(int status) throws IOException {
      var asked = Collections.synchronizedList(new ArrayList<JsonNode>());
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      var server = HttpServer.create(address, 0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext(
          "/v1/chat/completions",
          exchange -> {
            try (exchange) {
              var request = JSON.readTree(exchange.getRequestBody().readAllBytes());
              asked.add(request);
              var choice = Map.of("index", 0, "finish_reason", "stop", "message", message(request));
              var usage = Map.of("prompt_tokens", 10, "completion_tokens", 3, "total_tokens", 13);
              var body =
                  JSON.writeValueAsString(
                      Map.of("id", "c", "model", "m", "choices", List.of(choice), "usage", usage));
              var bytes = body.getBytes(StandardCharsets.UTF_8);
              exchange.getResponseHeaders().set("Content-Type", "application/json");
              exchange.sendResponseHeaders(status, bytes.length);
              exchange.getResponseBody().write(bytes);
            }
          });
      server.start();
      return new Agent(server, asked);
    }

    String model() {
      return "http://127.0.0.1:%d/v1#gpt-test".formatted(server.getAddress().getPort());
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private TestShell eval(Agent agent, Object... more) throws IOException {
    var key = Files.writeString(dir.resolve("key.txt"), KEY);
    var words = new ArrayList<Object>(List.of("eval", "--base", agent.model(), "--data", rows()));
    words.addAll(List.of("--key-file", key));
    words.addAll(List.of(more));
    var shell = new TestShell();
    shell.hone(words.stream().map(Object::toString).toArray(String[]::new));
    return shell;
  }

  @Test
  void aHostedModelIsMeasuredAsAnAgent() throws IOException {
    try (var agent = Agent.start(200)) {
      var shell = eval(agent, "--metric", "agent", "--system", "Be brief.", "--json");
      var json = JSON.readTree(shell.out());
      assertEquals(2 / 3.0, json.at("/base/conversations_right").asDouble(), 1e-9, shell.err());
      assertEquals(1, json.at("/base/wrong_arguments").asInt());
      assertEquals(2 / 3.0, json.at("/system/conversations_right").asDouble(), 1e-9);
      assertEquals(12, agent.asked().size());
      var first = agent.asked().getFirst();
      assertEquals("stock", first.at("/tools/0/function/name").asString());
      assertEquals(0, first.path("temperature").asDouble(-1));
      assertEquals(128, first.path("max_tokens").asInt());
      assertTrue(shell.err().contains(agent.model() + " was asked 12 times"), shell.err());
      assertFalse((shell.out() + shell.err()).contains(KEY));
    }
  }

  @Test
  void aRefusedKeyEndsItInOneLine() throws IOException {
    try (var agent = Agent.start(401)) {
      var shell = eval(agent, "--metric", "agent", "--concurrency", 1);
      assertTrue(shell.err().contains("the key is refused (401)"), shell.err());
      assertEquals(1, agent.asked().size());
    }
  }

  @Test
  void whatNeedsWeightsIsRefused() throws IOException {
    try (var agent = Agent.start(200)) {
      assertTrue(eval(agent).err().contains("--metric loss needs a model on this machine"));
      var adapter = eval(agent, "--metric", "agent", "--adapter", dir);
      assertTrue(adapter.err().contains("--adapter is for a model on this machine"));
      assertEquals(List.of(), agent.asked());
    }
    var shell = new TestShell();
    shell.hone("eval", "--base", "hone", "--data", rows().toString(), "--budget", "1");
    assertTrue(shell.err().contains("are of hosted models"), shell.err());
  }
}
