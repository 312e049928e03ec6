package dev.hone.server.http;

import dev.hone.server.openai.Chat;
import dev.hone.server.openai.Spent;
import dev.hone.server.state.ApiKey;
import io.helidon.webserver.http.ServerRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What the log will say of a request: whoever answers it adds what he knows. Of one thread.
final class LogEntry {
  private static final List<String> PROMPTS = List.of("messages", "prompt", "input");

  private final String id = "req_" + UUID.randomUUID().toString().replace("-", "");
  private final long begun = System.nanoTime();
  private final boolean hasTexts;
  private final ObjectNode more = JsonNodeFactory.instance.objectNode();

  /// What was answered so far, by choice.
  private final Map<Integer, StringBuilder> answers = new TreeMap<>();

  /// @param hasTexts whether prompts and answers are wanted, too
  LogEntry(boolean hasTexts) {
    this.hasTexts = hasTexts;
  }

  static LogEntry of(ServerRequest request) {
    return request.context().get(LogEntry.class).orElseThrow();
  }

  /// Of the request.
  String id() {
    return id;
  }

  void add(Caller caller) {
    more.put("tenant", caller.tenant());
    caller.key().map(ApiKey::id).ifPresent(key -> more.put("key", key));
  }

  void addModel(String name) {
    more.put("model", name);
  }

  /// @param body of a request to a model
  void addPrompt(JsonNode body) {
    if (hasTexts) {
      PROMPTS.stream().filter(body::has).forEach(name -> more.set("prompt", body.get(name)));
    }
  }

  void add(Spent spent) {
    more.put("prompt_tokens", more.path("prompt_tokens").asLong(0) + spent.promptTokens());
    more.put("answer_tokens", more.path("answer_tokens").asLong(0) + spent.answerTokens());
  }

  /// Looks at what is sent.
  Chat.Sink watch(Chat.Sink sink) {
    if (!hasTexts) {
      return sink;
    }
    return reply -> {
      reply.path("choices").forEach(this::addChoice);
      sink.send(reply);
    };
  }

  /// Of a whole answer, or of a chunk of a stream; a call is its function's name and arguments.
  private void addChoice(JsonNode choice) {
    var answer = answers.computeIfAbsent(choice.path("index").asInt(), any -> new StringBuilder());
    answer.append(choice.path("text").asString(""));
    for (var part : List.of(choice.path("message"), choice.path("delta"))) {
      answer.append(part.path("content").asString(""));
      for (var call : part.path("tool_calls")) {
        answer.append(call.path("function").path("name").asString(""));
        answer.append(call.path("function").path("arguments").asString(""));
      }
    }
  }

  /// @param path without the query
  ObjectNode toJson(String method, String path, int status) {
    var json =
        JsonNodeFactory.instance
            .objectNode()
            .put("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
            .put("level", status < 400 ? "info" : status < 500 ? "warning" : "error")
            .put("request_id", id)
            .put("method", method)
            .put("path", path)
            .put("status", status)
            .put("ms", (System.nanoTime() - begun) / 1_000_000);
    json.setAll(more);
    if (!answers.isEmpty()) {
      var texts = json.putArray("answers");
      answers.values().forEach(text -> texts.add(text.toString()));
    }
    return json;
  }
}
