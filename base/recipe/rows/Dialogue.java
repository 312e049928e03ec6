import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A dialogue that ends in the call of a tool, its result, and what is said about it.
///
/// @param turns user and assistant in turn; the user begins and ends
/// @param arguments of the call
/// @param result JSON
record Dialogue(
    String id,
    List<String> turns,
    List<Tool> tools,
    String call,
    Map<String, String> arguments,
    String result,
    String reply) {
  /// The day on which all dialogues take place; "the 8th of this month" is a date of this month.
  static final LocalDate TODAY = LocalDate.of(2019, 3, 1);

  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
  private static final Pattern TIME = Pattern.compile("\\d\\d:\\d\\d");

  /// @param values what a parameter may be, by its name; an empty list where anything
  record Tool(
      String name, String description, Map<String, List<String>> values, List<String> required) {}

  static List<Dialogue> read(Path file) throws IOException {
    try (var lines = Files.lines(file)) {
      return lines.map(line -> of(JsonMapper.shared().readTree(line))).toList();
    }
  }

  private static Dialogue of(JsonNode row) {
    var turns = new ArrayList<String>();
    row.get("messages").forEach(message -> turns.add(message.get("content").asString().strip()));
    var tools = new ArrayList<Tool>();
    row.get("tools").forEach(tool -> tools.add(tool(tool)));
    var arguments = new LinkedHashMap<String, String>();
    for (var argument : row.get("call").get("arguments").properties()) {
      arguments.put(argument.getKey(), argument.getValue().asString());
    }
    return new Dialogue(
        row.get("id").asString(),
        turns,
        tools,
        row.get("call").get("name").asString(),
        arguments,
        Chat.json(row.get("results")),
        row.get("reply").asString().strip());
  }

  private static Tool tool(JsonNode node) {
    var values = new LinkedHashMap<String, List<String>>();
    for (var property : node.get("parameters").get("properties").properties()) {
      var choices = new ArrayList<String>();
      property.getValue().path("enum").forEach(choice -> choices.add(choice.asString()));
      values.put(property.getKey(), choices);
    }
    var required = new ArrayList<String>();
    node.get("parameters").get("required").forEach(name -> required.add(name.asString()));
    return new Tool(
        node.get("name").asString(), node.get("description").asString(), values, required);
  }

  /// The conversation that it is part of; all its rows belong on one side of the split.
  String conversation() {
    return id.substring(0, id.lastIndexOf(':'));
  }

  boolean hasDate() {
    return arguments.values().stream().anyMatch(value -> DATE.matcher(value).matches());
  }

  Tool called() {
    return tools.stream().filter(tool -> tool.name().equals(call)).findFirst().orElseThrow();
  }

  /// Whether each argument can be read off the turns from number `from` on.
  boolean isGrounded(int from) {
    var text = String.join(" ", turns.subList(from, turns.size())).toLowerCase(Locale.ROOT);
    var numbers = numbers(text);
    return arguments.entrySet().stream()
        .allMatch(argument -> isGrounded(argument.getKey(), argument.getValue(), text, numbers));
  }

  private boolean isGrounded(String name, String value, String text, Set<Integer> numbers) {
    var lower = value.toLowerCase(Locale.ROOT);
    if (text.contains(lower) || lower.matches("true|false")) {
      return true;
    }
    if (DATE.matcher(value).matches()) {
      return isGrounded(LocalDate.parse(value), text, numbers);
    }
    if (TIME.matcher(value).matches()) {
      int hour = Integer.parseInt(value.substring(0, 2));
      return numbers.contains(hour) || numbers.contains(hour - 12);
    }
    return !called().values().getOrDefault(name, List.of()).isEmpty();
  }

  private static boolean isGrounded(LocalDate date, String text, Set<Integer> numbers) {
    return numbers.contains(date.getDayOfMonth())
        || (date.equals(TODAY) && text.contains("today"))
        || (date.equals(TODAY.plusDays(1)) && text.contains("tomorrow"));
  }

  /// Whether each number of the reply stands in the result, the arguments or the dialogue.
  boolean isReplyGrounded() {
    var known = numbers(String.join(" ", turns) + " " + arguments.values() + " " + result);
    return numbers(reply).stream()
        .allMatch(number -> known.contains(number) || known.contains(number + 12));
  }

  private static Set<Integer> numbers(String text) {
    var numbers = new HashSet<Integer>();
    NUMBER
        .matcher(text)
        .results()
        .filter(number -> number.group().length() < 9)
        .forEach(number -> numbers.add(Integer.parseInt(number.group())));
    return numbers;
  }
}
