import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Dialogues with tools on offer, shortened from the front: the call, the call and the reply to its
/// result, the question for what is missing, and calls of invented tools.
///
/// The dialogues know only 37 tools, so half of the rows write their names in another way; the
/// model must copy them from the prompt. Parameters come without their descriptions, to be short.
final class ToolRows implements Kind {
  private static final int MAX_TOKENS = 390;
  private static final int MAX_CHOICES = 6;

  /// A question for something, without a fact in it that the assistant could not know.
  private static final Pattern ASKS =
      Pattern.compile(
          "(?:[Ss]ure[,.]? |[Oo]k(?:ay)?[,.]? )?(?:[Ww]h(?:at|ich|en|ere|o)|[Ii]n"
              + " wh(?:at|ich)|[Hh]ow many|[Ff]or wh(?:at|ich)|[Dd]o you have|[Ff]rom where|[Ii]s"
              + " there)[a-z ,']+\\?");

  private final List<Dialogue> dialogues;
  private final Draw draw;

  ToolRows(List<Dialogue> dialogues, Draw draw) {
    this.dialogues = dialogues;
    this.draw = draw;
  }

  @Override
  public String name() {
    return "tools";
  }

  @Override
  public Optional<Row> next() {
    int choice = draw.number(1, 100);
    if (choice <= 20) {
      return Optional.of(invented());
    }
    if (choice <= 32) {
      return firstOf(this::question);
    }
    return firstOf(choice <= 57 ? this::reply : this::call);
  }

  /// The row of the first dialogue that makes one, so that the shares don't hang on how many do.
  private Optional<Row> firstOf(Function<Dialogue, Optional<Row>> variant) {
    return Stream.generate(() -> variant.apply(draw.pick(dialogues)))
        .limit(100)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<Row> call(Dialogue dialogue) {
    var naming = naming();
    var tail = new Chat();
    addCall(tail, dialogue, naming, true);
    return start(dialogue, naming, tail.tokens())
        .map(chat -> new Row(name(), "call", addCall(chat, dialogue, naming, true)));
  }

  private Optional<Row> reply(Dialogue dialogue) {
    if (!dialogue.isReplyGrounded()) {
      return Optional.empty();
    }
    var naming = naming();
    boolean isCallLearned = draw.chance(0.4);
    var tail = addCall(new Chat(), dialogue, naming, isCallLearned);
    addReply(tail, dialogue);
    return start(dialogue, naming, tail.tokens())
        .map(chat -> {
          addReply(addCall(chat, dialogue, naming, isCallLearned), dialogue);
          return new Row(name(), isCallLearned ? "call and reply" : "reply", chat);
        });
  }

  private static Chat addCall(
      Chat chat, Dialogue dialogue, UnaryOperator<String> naming, boolean isLearned) {
    return chat.call(
        "call_1", naming.apply(dialogue.call()), Chat.json(dialogue.arguments()), isLearned);
  }

  private static void addReply(Chat chat, Dialogue dialogue) {
    chat.result("call_1", dialogue.result()).assistant(dialogue.reply());
  }

  /// The dialogue up to its last user turn, with as many earlier turns and other tools as fit.
  /// Empty where the arguments could then not be read off it.
  private Optional<Chat> start(Dialogue dialogue, UnaryOperator<String> naming, int reserved) {
    int from = dialogue.turns().size() - 1;
    int budget = MAX_TOKENS - reserved - Chat.tokens(Chat.json(offer(dialogue.called(), naming)));
    budget -= Chat.tokens(dialogue.turns().get(from)) + 30;
    int turnsBudget = budget * 2 / 3;
    while (from > 1 && size(dialogue, from - 2) <= turnsBudget) {
      from -= 2;
    }
    if (budget < 0 || !dialogue.isGrounded(from)) {
      return Optional.empty();
    }
    var chat = new Chat().tools(offers(dialogue, naming, budget - size(dialogue, from)));
    if (dialogue.hasDate()) {
      chat.system("Today is %s.".formatted(Dialogue.TODAY));
    } else if (draw.chance(0.2)) {
      chat.system("You are a helpful assistant with tools.");
    }
    addTurns(chat, dialogue.turns().subList(from, dialogue.turns().size()));
    return Optional.of(chat);
  }

  /// The tokens of the turns from number `from` on, but for the last turn.
  private static int size(Dialogue dialogue, int from) {
    var turns = dialogue.turns().subList(from, dialogue.turns().size() - 1);
    return turns.stream().mapToInt(turn -> Chat.tokens(turn) + 6).sum();
  }

  private static void addTurns(Chat chat, List<String> turns) {
    for (int i = 0; i < turns.size(); i++) {
      if (i % 2 == 0) {
        chat.user(turns.get(i));
      } else {
        chat.earlier(turns.get(i));
      }
    }
  }

  /// The called tool and others of the dialogue, in any order.
  private List<Map<String, Object>> offers(
      Dialogue dialogue, UnaryOperator<String> naming, int budget) {
    var offers = new ArrayList<>(List.of(offer(dialogue.called(), naming)));
    int most = draw.number(0, 3);
    int size = 0;
    for (var tool : draw.shuffled(dialogue.tools())) {
      var offer = offer(tool, naming);
      size += Chat.tokens(Chat.json(offer));
      if (!tool.equals(dialogue.called()) && offers.size() <= most && size <= budget) {
        offers.add(offer);
      }
    }
    return draw.shuffled(offers);
  }

  private static Map<String, Object> offer(Dialogue.Tool tool, UnaryOperator<String> naming) {
    var properties = new LinkedHashMap<String, Object>();
    tool.values().forEach((name, choices) -> properties.put(name, type(choices)));
    return offer(naming.apply(tool.name()), tool.description(), properties, tool.required());
  }

  private static Map<String, Object> offer(
      String name, String description, Map<String, Object> properties, List<String> required) {
    var parameters = new LinkedHashMap<String, Object>();
    parameters.put("type", "object");
    parameters.put("properties", properties);
    parameters.put("required", required);
    var function = new LinkedHashMap<String, Object>();
    function.put("name", name);
    function.put("description", description);
    function.put("parameters", parameters);
    var offer = new LinkedHashMap<String, Object>();
    offer.put("type", "function");
    offer.put("function", function);
    return offer;
  }

  private static Map<String, Object> type(List<String> choices) {
    var type = new LinkedHashMap<String, Object>();
    type.put("type", "string");
    if (!choices.isEmpty() && choices.size() <= MAX_CHOICES) {
      type.put("enum", choices);
    }
    return type;
  }

  /// How this row writes the names of tools: as they are, or in another way.
  private UnaryOperator<String> naming() {
    var prefix = draw.pick("do", "api", "my", "run", "tool", draw.invented());
    return switch (draw.number(0, 5)) {
      case 0 -> ToolRows::snake;
      case 1 -> name -> name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
      case 2 -> name -> prefix + "_" + snake(name);
      default -> name -> name;
    };
  }

  private static String snake(String name) {
    return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }

  /// The opening of a dialogue, to which the assistant has to ask for more.
  private Optional<Row> question(Dialogue dialogue) {
    if (dialogue.turns().size() < 3 || !ASKS.matcher(dialogue.turns().get(1)).matches()) {
      return Optional.empty();
    }
    var naming = naming();
    var chat = new Chat().tools(offers(dialogue, naming, 120)).user(dialogue.turns().getFirst());
    return Optional.of(new Row(name(), "question", chat.assistant(dialogue.turns().get(1))));
  }

  /// A tool of our own making: a verb and a thing, with one to three things to know.
  private record Made(String verb, String noun, List<String> parameters, String name) {}

  private Made made() {
    var verb = draw.of("verb");
    var noun = draw.of("noun");
    var parameters = draw.shuffled(List.of("place", "day", "count", "person"));
    var name = draw.chance(0.7) ? verb + "_" + noun : verb + WordRules.capital(noun);
    return new Made(verb, noun, parameters.subList(0, draw.number(1, 3)), name);
  }

  private Row invented() {
    var made = draw.different(draw.number(1, 4), this::made);
    var wanted = draw.pick(made);
    var arguments = new LinkedHashMap<String, String>();
    wanted.parameters().forEach(parameter -> arguments.put(parameter, value(parameter)));
    var chat = new Chat().tools(made.stream().map(ToolRows::offer).toList());
    chat.user(request(wanted, arguments));
    return new Row(
        name(), "invented", chat.call("call_1", wanted.name(), Chat.json(arguments), true));
  }

  private String request(Made wanted, Map<String, String> arguments) {
    var format =
        draw.pick(
            "Please %s the %s", "Could you %s the %s", "I want you to %s the %s", "%s the %s");
    var text = new StringBuilder(format.formatted(wanted.verb(), wanted.noun()));
    for (var parameter : draw.shuffled(wanted.parameters())) {
      text.append(" ").append(words(parameter).formatted(arguments.get(parameter)));
    }
    return WordRules.capital(text.toString()) + (format.startsWith("Could") ? "?" : ".");
  }

  private static Map<String, Object> offer(Made made) {
    var properties = new LinkedHashMap<String, Object>();
    made.parameters().forEach(parameter -> properties.put(parameter, type(List.of())));
    var description = "%s the %s".formatted(WordRules.capital(made.verb()), made.noun());
    return offer(made.name(), description, properties, made.parameters());
  }

  private String value(String parameter) {
    return switch (parameter) {
      case "place" -> draw.of("place");
      case "day" -> draw.of("day");
      case "count" -> "" + draw.number(2, 20);
      default -> draw.chance(0.5) ? draw.of("first") : draw.person();
    };
  }

  private static String words(String parameter) {
    return switch (parameter) {
      case "place" -> "in %s";
      case "day" -> "on %s";
      case "count" -> "%s times";
      default -> "for %s";
    };
  }
}
