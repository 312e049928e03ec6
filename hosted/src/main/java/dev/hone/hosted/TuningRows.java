package dev.hone.hosted;

import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Items;
import dev.hone.model.UsageException;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.model.text.ToolCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// Rows as OpenAI's API takes them for training: chat alone, and nothing beside messages and tools,
/// so that what else a row says stays here.
///
/// @param conversations each with its answer
record TuningRows(List<Conversation> conversations) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int LEAST_ROWS = 10;
  private static final long MOST_BYTES = 512L << 20;

  TuningRows {
    conversations = List.copyOf(conversations);
  }

  /// Refuses what the provider would refuse after the upload.
  ///
  /// @param train rows to learn from
  static TuningRows ofTraining(List<Item> train) {
    if (train.size() < LEAST_ROWS) {
      throw new UsageException(
          "%d rows to train on, and a provider wants %d at least"
              .formatted(train.size(), LEAST_ROWS),
          "give more rows");
    }
    return of(train).requireSize();
  }

  /// Rows to validate on, as well as to train on.
  static TuningRows of(List<Item> items) {
    items.forEach(TuningRows::requireLearned);
    return new TuningRows(items.stream().map(Items::whole).toList());
  }

  private static void requireLearned(Item item) {
    var messages = Items.whole(item).messages();
    var last = messages.getLast();
    if (last.content().isBlank() && last.toolCalls().isEmpty()) {
      throw refused(item, "the answer is empty", "fill in the answer or remove the row");
    }
    if (messages.stream().noneMatch(Message::trained)) {
      throw refused(
          item,
          "no answer is learned from: each has weight 0",
          "a row needs an answer whose weight is not 0");
    }
  }

  private static UsageException refused(Item item, String what, String hint) {
    return new UsageException("line %,d: %s".formatted(item.line(), what), hint);
  }

  private TuningRows requireSize() {
    if (jsonl().length > MOST_BYTES) {
      throw new UsageException(
          "the rows have more than 512 MB, and a provider takes no more", "give fewer rows");
    }
    return this;
  }

  /// Once through.
  long bytes() {
    return conversations.stream().mapToLong(TextSize::bytes).sum();
  }

  long messages() {
    return conversations.stream().mapToLong(row -> row.messages().size()).sum();
  }

  /// Once through; as many as there can be.
  long mostTokens() {
    return conversations.stream().map(TextSize::of).mapToLong(TextSize::mostTokens).sum();
  }

  /// A line of JSON each.
  String text() {
    return conversations.stream()
        .map(row -> JSON.writeValueAsString(json(row)))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  byte[] jsonl() {
    return text().getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> json(Conversation row) {
    var json = new LinkedHashMap<String, Object>();
    var ids = new CallIds();
    json.put("messages", row.messages().stream().map(message -> json(message, ids)).toList());
    if (!row.tools().isEmpty()) {
      json.put("tools", row.tools().stream().map(TuningRows::tool).toList());
    }
    return json;
  }

  private static Map<String, Object> tool(Map<String, Object> tool) {
    return tool.containsKey("function") ? tool : Map.of("type", "function", "function", tool);
  }

  private static Map<String, Object> json(Message message, CallIds ids) {
    var json = new LinkedHashMap<String, Object>();
    json.put("role", message.role().equals("developer") ? "system" : message.role());
    if (!message.content().isEmpty() || message.toolCalls().isEmpty()) {
      json.put("content", message.content());
    }
    if (!message.name().isEmpty() && !message.role().equals("tool")) {
      json.put("name", message.name());
    }
    if (!message.toolCalls().isEmpty()) {
      json.put("tool_calls", message.toolCalls().stream().map(call -> json(call, ids)).toList());
    }
    if (message.role().equals("tool")) {
      json.put("tool_call_id", ids.answered(message));
    }
    if (message.role().equals("assistant") && !message.trained()) {
      json.put("weight", 0);
    }
    return json;
  }

  private static Map<String, Object> json(ToolCall call, CallIds ids) {
    var function = new LinkedHashMap<String, Object>();
    function.put("name", call.name());
    function.put("arguments", JSON.writeValueAsString(call.arguments()));
    var json = new LinkedHashMap<String, Object>();
    json.put("id", ids.of(call));
    json.put("type", "function");
    json.put("function", function);
    return json;
  }

  /// Ids of one row's calls, which the API wants and rows may lack: then calls are answered in
  /// their order.
  private static final class CallIds {
    private final Queue<String> open = new ArrayDeque<>();
    private final List<String> given = new ArrayList<>();

    String of(ToolCall call) {
      var id = call.id().isEmpty() ? "call_" + (given.size() + 1) : call.id();
      given.add(id);
      open.add(id);
      return id;
    }

    String answered(Message message) {
      if (!message.toolCallId().isEmpty()) {
        open.remove(message.toolCallId());
        return message.toolCallId();
      }
      var id = open.poll();
      return id == null ? "call_" + given.size() : id;
    }
  }
}
