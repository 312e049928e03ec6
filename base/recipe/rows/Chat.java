import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/// One row in the making: messages in OpenAI's chat format, and the tools on offer.
final class Chat {
  /// Tokens that a chat template may put around a message.
  private static final int AROUND_MESSAGE = 6;

  private static final Pattern PIECE = Pattern.compile("\\p{L}+|\\d+|[^\\p{L}\\d\\s]+|\\n");

  private final List<Map<String, Object>> messages = new ArrayList<>();
  private List<Map<String, Object>> tools = List.of();

  Chat tools(List<Map<String, Object>> offered) {
    tools = offered;
    return this;
  }

  Chat system(String content) {
    return add("system", content);
  }

  Chat user(String content) {
    return add("user", content);
  }

  Chat assistant(String content) {
    return add("assistant", content);
  }

  /// What the assistant said earlier, not to be learned.
  Chat earlier(String content) {
    assistant(content);
    messages.getLast().put("weight", 0);
    return this;
  }

  Chat call(String id, String name, String arguments, boolean isLearned) {
    add("assistant", null);
    var function = new LinkedHashMap<String, Object>();
    function.put("name", name);
    function.put("arguments", arguments);
    var call = new LinkedHashMap<String, Object>();
    call.put("id", id);
    call.put("type", "function");
    call.put("function", function);
    messages.getLast().put("tool_calls", List.of(call));
    if (!isLearned) {
      messages.getLast().put("weight", 0);
    }
    return this;
  }

  Chat result(String id, String content) {
    add("tool", content);
    messages.getLast().put("tool_call_id", id);
    return this;
  }

  private Chat add(String role, String content) {
    var message = new LinkedHashMap<String, Object>();
    message.put("role", role);
    message.put("content", content);
    messages.add(message);
    return this;
  }

  /// What stands before the last message; two rows with one prompt would contradict each other.
  String prompt() {
    return tools + "" + messages.subList(0, messages.size() - 1);
  }

  /// About how many tokens a byte-level BPE of 8,000 entries makes of the row; rather too many.
  int tokens() {
    return tokens(json(tools)) + messages.stream().mapToInt(Chat::tokens).sum();
  }

  private static int tokens(Map<String, Object> message) {
    var calls = message.get("tool_calls");
    var content = message.get("content");
    return AROUND_MESSAGE
        + (content == null ? 0 : tokens(content.toString()))
        + (calls == null ? 0 : tokens(json(calls)));
  }

  static int tokens(String text) {
    return PIECE.matcher(text).results().mapToInt(piece -> tokensOfPiece(piece.group())).sum();
  }

  private static int tokensOfPiece(String piece) {
    char first = piece.charAt(0);
    if (Character.isLetter(first)) {
      return piece.length() <= 6 ? 1 : (piece.length() + 4) / 5;
    }
    return (piece.length() + 1) / 2;
  }

  String row(Map<String, Object> metadata) {
    var row = new LinkedHashMap<String, Object>();
    if (!tools.isEmpty()) {
      row.put("tools", tools);
    }
    row.put("messages", messages);
    row.put("metadata", metadata);
    return json(row);
  }

  static String json(Object value) {
    return JsonMapper.shared().writeValueAsString(value);
  }
}
