package dev.hone.model.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What is learned under real chat templates. As `TemplateAgreement` run by
/// `acceptance/checks/20-templates.sh` only, on the folders in the system property
/// `hone.templates`.
class RealTemplates {
  private static final Pattern SPECIAL =
      Pattern.compile("<\\|[a-zA-Z_0-9]+\\|>|<｜[^｜]+｜>|<(start|end)_of_turn>|</?s>");

  /// Its generation prompt opens a thought that the answer in its text doesn't have.
  private static final List<String> NOT_CONTINUED =
      List.of("deepseekv3.jinja", "deepseekv3_training.jinja");

  private static final Conversation CONVERSATION =
      new Conversation(
          List.of(
              Message.user("Where is it?"),
              Message.assistant("Left, 左 😀."),
              Message.user("Sure?"),
              Message.assistant("Yes\n\nor no.")));

  @Test
  void answersAreLearnedAndNothingElse() throws IOException {
    var templates = templates();
    assertTrue(templates.size() > 1, "no templates found");
    for (var template : templates.entrySet()) check(template.getKey(), template.getValue());
  }

  private static void check(String name, String source) {
    var encoder = new PairEncoder(special(source));
    var tokens = Map.of("bos_token", "<s>", "eos_token", "</s>");
    var renderer =
        new TemplateRenderer(
            ChatTemplate.of(source, tokens),
            encoder,
            OptionalInt.empty(),
            encoder.id("</s>"),
            Map.of(),
            LocalDateTime.of(2026, 1, 5, 12, 0));
    try {
      var examples = renderer.renderExample(CONVERSATION);
      checkLearned(name, encoder, renderer, examples);
    } catch (UsageException e) {
      assertTrue(NOT_CONTINUED.contains(name), name + ": " + e.getMessage());
    }
  }

  private static void checkLearned(
      String name, PairEncoder encoder, TemplateRenderer renderer, List<Rendered> examples) {
    var learned = new ArrayList<String>();
    for (var example : examples) {
      var matcher = Pattern.compile("\\[([^\\[\\]]*)]").matcher(Formats.marked(example, encoder));
      matcher.results().map(MatchResult::group).forEach(learned::add);
    }
    assertEquals(2, learned.size(), name);
    assertTrue(
        learned.getFirst().matches("(?s)\\[.*Left, 左 😀\\.<[^<>]+>(\n?<[^<>]+>)?]"),
        name + learned);
    assertTrue(
        learned.getLast().matches("(?s)\\[.*Yes\n\nor no\\.<[^<>]+>(\n?<[^<>]+>)?]"),
        name + learned);
    var prompt = renderer.renderPrompt(new Conversation(CONVERSATION.messages().subList(0, 3)));
    assertArrayEquals(prompt, Arrays.copyOf(examples.getLast().ids(), prompt.length), name);
  }

  private static List<String> special(String source) {
    var special = new ArrayList<>(List.of("<s>", "</s>"));
    SPECIAL
        .matcher(source)
        .results()
        .map(MatchResult::group)
        .filter(token -> !special.contains(token))
        .forEach(special::add);
    return special;
  }

  private static Map<String, String> templates() throws IOException {
    var templates = new TreeMap<String, String>();
    for (var folder : System.getProperty("hone.templates").split(":")) {
      try (var files = Files.list(Path.of(folder))) {
        for (var file :
            (Iterable<Path>) files.filter(file -> file.toString().endsWith(".jinja"))::iterator) {
          templates.put(file.getFileName().toString(), Files.readString(file));
        }
      }
    }
    return templates;
  }
}
