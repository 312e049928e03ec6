import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Rules that put a label on a word or a sentence. The labels' names are the categories', or words
/// that mean nothing, so that they must be looked up in the prompt.
final class LabelRules {
  private static final List<String> CATEGORIES =
      List.of(
          "animal",
          "fruit",
          "drink",
          "clothes",
          "vehicle",
          "body",
          "weather",
          "family",
          "job",
          "instrument",
          "furniture",
          "number",
          "month",
          "day");

  private static final List<String> SENTENCES =
      List.of(
          "Do you see the %s?",
          "I was thinking of %s.",
          "Tell me about %s.",
          "We talked of %s.",
          "%s, please.",
          "There was something about %s.",
          "She said %s.",
          "What about %s?");

  private final Draw draw;
  private final Map<String, List<String>> intents;

  LabelRules(Draw draw, Map<String, List<String>> intents) {
    this.draw = draw;
    this.intents = intents;
  }

  List<Supplier<Task>> all() {
    return List.of(this::words, this::sentences, this::intents);
  }

  private Task words() {
    return labelled("label word", draw::of);
  }

  private Task sentences() {
    return labelled(
        "label sentence", category -> draw.pick(SENTENCES).formatted(draw.of(category)));
  }

  private interface Source {
    String of(String category);
  }

  private Task labelled(String name, Source source) {
    var categories = draw.different(draw.number(2, 3), () -> draw.pick(CATEGORIES));
    var labels = labels(categories);
    var meaning = new ArrayList<String>();
    labels.forEach((category, label) ->
        meaning.add(category.equals(label) ? label : "%s for %s".formatted(label, category)));
    return Task.closed(
        name,
        "Give the label: %s.".formatted(String.join(", ", meaning)),
        () -> {
          var category = draw.pick(categories);
          return new Task.Item(source.of(category), labels.get(category));
        });
  }

  private Map<String, String> labels(List<String> categories) {
    var names =
        switch (draw.number(0, 3)) {
          case 0 -> categories;
          case 1 -> draw.shuffled(List.of("A", "B", "C", "D"));
          case 2 -> draw.different(categories.size(), draw::invented);
          default -> draw.different(categories.size(), draw::word);
        };
    var labels = new LinkedHashMap<String, String>();
    for (int i = 0; i < categories.size(); i++) {
      labels.put(categories.get(i), names.get(i));
    }
    return labels;
  }

  private Task intents() {
    var names = draw.different(draw.number(2, 6), () -> draw.pick(List.copyOf(intents.keySet())));
    return Task.closed(
        "label intent",
        "Which is it: %s?".formatted(String.join(", ", names)),
        () -> {
          var name = draw.pick(names);
          return new Task.Item(draw.fill(draw.pick(intents.get(name))), name);
        });
  }
}
