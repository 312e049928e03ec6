package dev.hone.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server on loopback that speaks OpenAI's API, and answers as a function says.
final class ChatServer implements AutoCloseable {
  /// What it says.
  ///
  /// @param isCut whether the token limit ended it
  record Said(int status, String text, boolean isCut) {
    static Said of(String text) {
      return new Said(200, text, false);
    }
  }

  /// What was asked: requests as they came.
  final List<JsonNode> asked = Collections.synchronizedList(new ArrayList<>());

  final List<String> keys = Collections.synchronizedList(new ArrayList<>());
  private final Function<JsonNode, Said> answers;
  private final HttpServer server;

  ChatServer(Function<JsonNode, Said> answers) throws IOException {
    this.answers = answers;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
      asked.add(body);
      keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      var said = answers.apply(body);
      var bytes = json(said).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(said.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static String json(Said said) {
    var json = new LinkedHashMap<String, Object>();
    if (said.status() == 200) {
      json.put("id", "c");
      json.put("object", "chat.completion");
      json.put("created", 1);
      json.put("model", "m");
      json.put(
          "choices",
          List.of(
              Map.of(
                  "index",
                  0,
                  "finish_reason",
                  said.isCut() ? "length" : "stop",
                  "message",
                  Map.of("role", "assistant", "content", said.text()))));
      json.put("usage", Map.of("prompt_tokens", 10, "completion_tokens", 3, "total_tokens", 13));
    } else {
      json.put("error", Map.of("message", said.text()));
    }
    return JsonMapper.shared().writeValueAsString(json);
  }

  /// The last message of a request.
  static String question(JsonNode request) {
    var messages = request.path("messages");
    return messages.get(messages.size() - 1).path("content").asString();
  }

  /// As `--base` takes it.
  String model() {
    return "http://127.0.0.1:%d/v1#gpt-test".formatted(server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
