package dev.hone.tune.data;

import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Turns one line of JSON into a [Row].
///
/// Strict where silence would change what is trained: a key given twice, text after the object, a
/// number for a string. Keys beside the row's own, such as `metadata`, are of no concern.
final class RowParser {
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(RowReader.MAX_ROW).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool");
  private static final Set<String> MESSAGE_KEYS =
      Set.of("role", "content", "name", "weight", "tool_calls", "tool_call_id");

  /// Shapes that other tools use, and what to do about them.
  private static final Map<String, String> OTHER_SHAPES =
      Map.of(
          "conversations",
              "this is ShareGPT's shape: rename conversations/from/value to messages/role/content",
          "instruction",
              "this is Alpaca's shape: join instruction and input to prompt, rename output to"
                  + " completion",
          "chosen", "this is a preference pair, which supervised training cannot use",
          "preferred_output", "this is a preference pair, which supervised training cannot use",
          "question", "rename question and answer to prompt and completion");

  private final long number;
  private final String json;
  private final boolean needsAnswer;
  private final List<Problem> warnings = new ArrayList<>();

  private RowParser(long number, String json, boolean needsAnswer) {
    this.number = number;
    this.json = json;
    this.needsAnswer = needsAnswer;
  }

  /// Parses one line.
  static Line parse(long number, String json) {
    return parse(number, json, true);
  }

  /// @param needsAnswer whether a prompt must have a completion
  static Line parse(long number, String json, boolean needsAnswer) {
    return new RowParser(number, json, needsAnswer).parse();
  }

  /// The JSON that a row of two strings or one is written as.
  static String toJson(Map<String, String> fields) {
    return JSON.writeValueAsString(fields);
  }

  /// Reads a JSON object with the strictness of rows.
  static JsonNode readTree(String json) {
    return JSON.readTree(json);
  }

  /// A JSON value as Java's maps, lists, strings, numbers, booleans and null.
  static Object toValue(JsonNode node) {
    return JSON.treeToValue(node, Object.class);
  }

  private Line parse() {
    try {
      var row = row(readTree(json));
      return new Line.Valid(number, row, json, warnings);
    } catch (BadField e) {
      return new Line.Broken(number, e.problem());
    } catch (JacksonException e) {
      return new Line.Broken(number, new Problem(Check.INVALID_JSON, "", describe(e)));
    }
  }

  static String describe(JacksonException e) {
    var where = e.getLocation();
    var message = plain(e.getOriginalMessage());
    return where == null || where.getColumnNr() < 1
        ? message
        : "column %d: %s".formatted(where.getColumnNr(), message);
  }

  /// Without what only a programmer could act on: the library's switches and types.
  private static String plain(String message) {
    if (message.startsWith("Trailing token")) {
      return "something follows the object";
    }
    return message
        .lines()
        .findFirst()
        .orElse("unreadable")
        .replaceFirst("( \\(start marker|: enable `|, from `).*", "");
  }

  private Row row(JsonNode node) {
    if (!node.isObject()) {
      throw new BadField(
          Check.UNKNOWN_SHAPE, "", "expected a JSON object, found " + Fields.kind(node));
    }
    refuseFunctions(node);
    if (node.has("messages")) {
      return new Row.Chat(
          new Conversation(messages(node, "messages"), Tools.offered(node.get("tools"))));
    }
    if (node.has("prompt") || node.has("completion")) {
      return completion(node);
    }
    if (node.has("text")) {
      return new Row.Text(Fields.string(node, "text", "text"));
    }
    throw unknownShape(node);
  }

  private static void refuseFunctions(JsonNode node) {
    if (Fields.isPresent(node, "functions")) {
      throw new BadField(
          Check.WRONG_VALUE, "functions", "OpenAI's old form of tools; use tools instead");
    }
  }

  private static BadField unknownShape(JsonNode node) {
    var known =
        OTHER_SHAPES.keySet().stream()
            .sorted()
            .filter(node::has)
            .findFirst()
            .map(OTHER_SHAPES::get);
    var found =
        node.isEmpty() ? "an empty object" : "only " + String.join(", ", node.propertyNames());
    return new BadField(
        Check.UNKNOWN_SHAPE,
        "",
        known.orElse("expected messages, or prompt and completion, or text; found " + found));
  }

  private Row completion(JsonNode node) {
    boolean isChat = Fields.required(node, "prompt", "prompt").isArray();
    if (!needsAnswer && !Fields.isPresent(node, "completion")) {
      return isChat
          ? new Row.Chat(
              new Conversation(
                  untrained(messages(node, "prompt")), Tools.offered(node.get("tools"))))
          : new Row.Completion(Fields.string(node, "prompt", "prompt"), "");
    }
    if (isChat != Fields.required(node, "completion", "completion").isArray()) {
      throw new BadField(
          Check.WRONG_VALUE,
          "completion",
          "prompt and completion must both be strings or both lists of messages");
    }
    if (!isChat) {
      return new Row.Completion(
          Fields.string(node, "prompt", "prompt"), Fields.string(node, "completion", "completion"));
    }
    var all = new ArrayList<>(untrained(messages(node, "prompt")));
    all.addAll(messages(node, "completion"));
    return new Row.Chat(new Conversation(all, Tools.offered(node.get("tools"))));
  }

  private static List<Message> untrained(List<Message> messages) {
    return messages.stream()
        .map(
            m -> new Message(m.role(), m.content(), m.toolCalls(), m.toolCallId(), m.name(), false))
        .toList();
  }

  private List<Message> messages(JsonNode row, String key) {
    var list = row.get(key);
    if (!list.isArray()) {
      throw new BadField(
          Check.WRONG_VALUE, key, "expected a list of messages, found " + Fields.kind(list));
    }
    if (list.isEmpty()) {
      throw new BadField(Check.WRONG_VALUE, key, "the list of messages is empty");
    }
    var messages = new ArrayList<Message>(list.size());
    for (int i = 0; i < list.size(); i++) {
      messages.add(message(list.get(i), "%s[%d]".formatted(key, i)));
    }
    return messages;
  }

  private Message message(JsonNode node, String at) {
    if (!node.isObject()) {
      throw new BadField(Check.WRONG_VALUE, at, "expected a message, found " + Fields.kind(node));
    }
    var role = role(node, at);
    boolean isAssistant = role.equals("assistant");
    noteIgnored(node, at);
    var calls = Tools.calls(node.get("tool_calls"), at + ".tool_calls", isAssistant);
    return new Message(
        role,
        Content.of(node, at, !calls.isEmpty()),
        calls,
        Fields.optionalString(node, "tool_call_id", at),
        Fields.optionalString(node, "name", at),
        isTrained(node, at, isAssistant));
  }

  private static String role(JsonNode node, String at) {
    var role = Fields.string(node, "role", at + ".role");
    if (role.equals("function") || Fields.isPresent(node, "function_call")) {
      throw new BadField(
          Check.UNKNOWN_ROLE,
          at + ".role",
          "OpenAI's old function calls; use tool_calls and the role tool");
    }
    if (!ROLES.contains(role)) {
      throw new BadField(
          Check.UNKNOWN_ROLE, at + ".role", "unknown role \"%s\"".formatted(Fields.shorten(role)));
    }
    return role;
  }

  private void noteIgnored(JsonNode node, String at) {
    for (var key : node.propertyNames()) {
      if (!MESSAGE_KEYS.contains(key) && Fields.isPresent(node, key)) {
        warnings.add(new Problem(Check.IGNORED_FIELD, at + "." + Fields.shorten(key), "ignored"));
      }
    }
  }

  private static boolean isTrained(JsonNode node, String at, boolean isAssistant) {
    if (!Fields.isPresent(node, "weight")) {
      return isAssistant;
    }
    var weight = node.get("weight");
    if (!weight.isNumber() || weight.doubleValue() != 0 && weight.doubleValue() != 1) {
      throw new BadField(
          Check.WRONG_VALUE,
          at + ".weight",
          "must be 0 or 1, found " + Fields.shorten(weight.toString()));
    }
    boolean isOne = weight.doubleValue() == 1;
    if (isOne && !isAssistant) {
      throw new BadField(
          Check.WRONG_VALUE, at + ".weight", "only assistant messages can have weight 1");
    }
    return isOne;
  }
}
