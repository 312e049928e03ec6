import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// Rules about names, numbers, dates, keys with values, and what to take out of a sentence.
final class RecordRules {
  private static final List<String> DATES =
      List.of(
          "yyyy-MM-dd",
          "dd.MM.yyyy",
          "MM/dd/yyyy",
          "d MMMM yyyy",
          "MMMM d, yyyy",
          "yyyy/MM/dd",
          "d MMM yyyy");

  private static final List<String> ORDERS =
      List.of(
          "{first} wants {n} {noun}s on {day}.",
          "Please bring {n} {noun}s to {first} by {day}.",
          "On {day} {first} ordered {n} {noun}s.",
          "{n} {noun}s for {first}, {day} at the latest.",
          "Hello, {first} here, I need {n} {noun}s on {day}.");

  private static final List<String> NUMBERED =
      List.of(
          "{first} has {n} {noun}s.",
          "The {noun} costs {n} crowns.",
          "There are {n} {animal}s here.",
          "We walked {n} miles to {place}.",
          "Room {n} is {adjective}.",
          "It took {n} days to {verb} it.");

  private static final List<String> NAMED =
      List.of(
          "My friend {first} likes the {noun}.", "The {noun} belongs to {first}.",
          "Yesterday {first} went to {place}.", "Where is {first} with the {adjective} {noun}?",
          "{first} will {verb} it on {day}.", "Ask {first} about the {animal}.");

  private final Draw draw;

  RecordRules(Draw draw) {
    this.draw = draw;
  }

  List<Supplier<Task>> all() {
    return List.of(
        this::pairToJson,
        this::pairsToJson,
        this::jsonToPair,
        this::pairToSentence,
        this::plural,
        this::past,
        this::date,
        this::numberOf,
        this::nameOf,
        this::family,
        this::initials,
        this::digits,
        this::spelled,
        this::address,
        this::order,
        this::greeting);
  }

  private String field() {
    return draw.of("field");
  }

  private String value() {
    return draw.pick(draw.word(), draw.of("first"), draw.of("place"), "" + draw.number(1, 999));
  }

  private Task pairToJson() {
    return Task.open(
        "pair to json",
        draw.pick("Write it as JSON.", "Make a JSON object of it."),
        () -> {
          var key = field();
          var value = value();
          return new Task.Item(key + ": " + value, Chat.json(Map.of(key, value)));
        });
  }

  private Task pairsToJson() {
    return Task.open(
        "pairs to json",
        "Write it as JSON.",
        () -> {
          var keys = draw.different(2, this::field);
          var pairs = new LinkedHashMap<String, String>();
          keys.forEach(key -> pairs.put(key, value()));
          var lines = pairs.entrySet().stream().map(pair -> pair.getKey() + ": " + pair.getValue());
          return new Task.Item(String.join(", ", lines.toList()), Chat.json(pairs));
        });
  }

  private Task jsonToPair() {
    return Task.open(
        "json to pair",
        "Write the JSON as plain text.",
        () -> {
          var key = field();
          var value = value();
          return new Task.Item(Chat.json(Map.of(key, value)), key + ": " + value);
        });
  }

  private Task pairToSentence() {
    var verb = draw.pick("is", "means", "equals");
    return Task.open(
        "pair to sentence",
        "Write it as a sentence with \"%s\".".formatted(verb),
        () -> {
          var key = field();
          var value = value();
          return new Task.Item(
              "%s=%s".formatted(key, value), "The %s %s %s.".formatted(key, verb, value));
        });
  }

  private Task plural() {
    return Task.open(
        "plural",
        draw.pick("Write the plural.", "Make it more than one."),
        () -> {
          var noun = draw.of("noun");
          var text = draw.chance(0.4) ? draw.of("adjective") + " " + noun : noun;
          return new Task.Item(text, plural(text));
        });
  }

  /// `es` behind a hiss, `s` otherwise; the list has no noun in -y after a consonant, -f or -fe but
  /// `roof`, which is regular.
  private static String plural(String noun) {
    return noun + (noun.matches(".*(s|x|z|ch|sh)") ? "es" : "s");
  }

  private Task past() {
    return Task.open(
        "past",
        "Write the past tense.",
        () -> {
          var verb = draw.of("verb");
          return new Task.Item(verb, past(verb));
        });
  }

  static String past(String verb) {
    if (verb.endsWith("e")) {
      return verb + "d";
    }
    if (verb.matches(".*[^aeiou]y")) {
      return verb.substring(0, verb.length() - 1) + "ied";
    }
    return verb + "ed";
  }

  private Task date() {
    var formats =
        draw.different(2, () -> draw.pick(DATES)).stream().map(RecordRules::format).toList();
    var example = LocalDate.of(1999, 1, 31).format(formats.getLast());
    return Task.open(
        "date",
        "Write the date like %s.".formatted(example),
        () -> {
          var date = draw.date();
          return new Task.Item(date.format(formats.getFirst()), date.format(formats.getLast()));
        });
  }

  private static DateTimeFormatter format(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.US);
  }

  private Task numberOf() {
    return Task.open(
        "number of",
        draw.pick("Give only the number.", "Which number is in it?"),
        () -> {
          var number = "" + draw.number(2, 999);
          var sentence = draw.fill(draw.pick(NUMBERED).replace("{n}", number));
          return new Task.Item(sentence, number);
        });
  }

  private Task nameOf() {
    return Task.open(
        "name of",
        draw.pick("Give only the person's name.", "Who is named? Write only the name."),
        () -> {
          var name = draw.of("first");
          return new Task.Item(draw.fill(draw.pick(NAMED).replace("{first}", name)), name);
        });
  }

  private Task family() {
    return person("family", "Write the last name first.", (first, last) -> last + ", " + first);
  }

  private Task initials() {
    if (draw.chance(0.5)) {
      return person(
          "initials", "Write the initials.", (f, l) -> f.charAt(0) + "." + l.charAt(0) + ".");
    }
    return person("initials", "Shorten the first name.", (f, l) -> f.charAt(0) + ". " + l);
  }

  private Task address() {
    var host = draw.invented() + ".example";
    return person(
        "address",
        "Make an e-mail address at %s.".formatted(host),
        (f, l) -> (f + "." + l).toLowerCase(Locale.ROOT) + "@" + host);
  }

  private interface NameRule {
    String apply(String first, String last);
  }

  private Task person(String name, String instruction, NameRule rule) {
    return Task.open(
        name,
        instruction,
        () -> {
          var first = draw.of("first");
          var last = draw.of("last");
          return new Task.Item(first + " " + last, rule.apply(first, last));
        });
  }

  private Task digits() {
    var numbers = draw.list("number");
    return Task.open(
        "digits",
        "Write the number in digits.",
        () -> {
          int number = draw.number(2, numbers.size() - 1);
          return counted(numbers.get(number), "" + number);
        });
  }

  private Task spelled() {
    var numbers = draw.list("number");
    return Task.open(
        "spelled",
        "Write the number in words.",
        () -> {
          int number = draw.number(2, numbers.size() - 1);
          return counted("" + number, numbers.get(number));
        });
  }

  /// A number with a thing behind it, so that there are many items.
  private Task.Item counted(String input, String output) {
    var things = " " + draw.of("adjective") + " " + plural(draw.of("noun"));
    return new Task.Item(input + things, output + things);
  }

  /// Fields of a sentence as JSON, under names that the prompt shows.
  private Task order() {
    var keys =
        draw.pick(
            List.of("name", "count", "item", "day"),
            List.of("who", "n", "what", "when"),
            List.of("customer", "quantity", "product", "date"));
    int size = draw.number(2, 4);
    return Task.open(
        "order",
        "Give %s as JSON.".formatted(String.join(", ", keys.subList(0, size))),
        () -> {
          var values =
              List.of(
                  draw.of("first"),
                  "" + draw.number(2, 60),
                  plural(draw.of("noun")),
                  draw.of("day"));
          var sentence =
              draw.pick(ORDERS)
                  .replace("{first}", values.get(0))
                  .replace("{n}", values.get(1))
                  .replace("{noun}s", values.get(2))
                  .replace("{day}", values.get(3));
          var fields = new LinkedHashMap<String, String>();
          for (int i = 0; i < size; i++) {
            fields.put(keys.get(i), values.get(i));
          }
          return new Task.Item(sentence, Chat.json(fields));
        });
  }

  private Task greeting() {
    var format =
        draw.pick(
            "Dear %s,",
            "Good morning, %s!",
            "Hello %s, come in.",
            "For %s",
            "%s, please wait.",
            "To: %s",
            "Signed, %s");
    return Task.open(
        "greeting",
        "Write it like this: %s".formatted(format.formatted("Name")),
        () -> {
          var name = draw.chance(0.5) ? draw.of("first") : draw.person();
          return new Task.Item(name, format.formatted(name));
        });
  }
}
