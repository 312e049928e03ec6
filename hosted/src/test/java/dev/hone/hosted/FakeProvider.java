package dev.hone.hosted;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server on loopback that answers as it was told, one answer after the other.
final class FakeProvider implements AutoCloseable {
  /// Handles one request.
  @FunctionalInterface
  interface Answer {
    void give(HttpExchange exchange) throws IOException, InterruptedException;
  }

  /// A request that came.
  record Asked(String path, String authorization, JsonNode body) {}

  final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());
  private final Queue<Answer> answers;
  private final HttpServer server;

  FakeProvider(Answer... answers) throws IOException {
    this.answers = new ArrayDeque<>(Arrays.asList(answers));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    var headers = exchange.getRequestHeaders();
    var key = headers.getFirst("Authorization");
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    asked.add(
        new Asked(
            exchange.getRequestURI().getPath(),
            key == null ? headers.getFirst("x-api-key") : key,
            JsonMapper.shared().readTree(body)));
    Answer next;
    synchronized (answers) {
      next = answers.size() > 1 ? answers.remove() : answers.element();
    }
    try (exchange) {
      next.give(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static Answer status(int status, String body, String... header) {
    return exchange -> {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      if (header.length == 2) {
        exchange.getResponseHeaders().set(header[0], header[1]);
      }
      var bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  /// In OpenAI's protocol.
  static Answer openAi(String content, String usage) {
    return status(
        200,
        """
        {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0,
        "finish_reason": "stop", "message": {"role": "assistant", "content": %s}}]%s}\
        """
            .formatted(
                JsonMapper.shared().writeValueAsString(content),
                usage.isEmpty() ? "" : ", \"usage\": " + usage));
  }

  static Answer openAi(String content) {
    return openAi(
        content, "{\"prompt_tokens\": 10, \"completion_tokens\": 3, \"total_tokens\": 13}");
  }

  /// In Anthropic's protocol.
  static Answer anthropic(String text) {
    return status(
        200,
        """
        {"id": "m", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
        "content": [{"type": "text", "text": %s}], "usage": {"input_tokens": 11, "output_tokens": 4}}\
        """
            .formatted(JsonMapper.shared().writeValueAsString(text)));
  }

  /// Ends before its end.
  static Answer cut() {
    return exchange -> {
      exchange.sendResponseHeaders(200, 1_000);
      exchange.getResponseBody().write("{\"id\": ".getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
    };
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
