package dev.hone.ladder.distil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.ladder.metric.CommandMetric;
import dev.hone.ladder.metric.ExactMatch;
import dev.hone.ladder.rung.CallLog;
import dev.hone.ladder.rung.ChatModel;
import dev.hone.ladder.rung.Decoding;
import dev.hone.ladder.rung.Reply;
import dev.hone.ladder.task.Items;
import dev.hone.ladder.task.Question;
import dev.hone.model.UsageException;
import dev.hone.model.text.Conversation;
import dev.hone.tune.data.Columns;
import dev.hone.tune.data.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DistillerTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir private Path dir;

  /// Answers by what was asked last, and which draw it is.
  private static final class Scripted implements ChatModel {
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final BiFunction<String, Long, String> answers;

    Scripted(BiFunction<String, Long, String> answers) {
      this.answers = answers;
    }

    @Override
    public Reply reply(Conversation conversation, Decoding how) throws IOException {
      var question = conversation.messages().getLast().content();
      asked.add(question + " #" + how.seed());
      var text = answers.apply(question, how.seed());
      if (text.equals("fail")) {
        throw new IOException("no answer");
      }
      return new Reply(text.replace("CUT", ""), 10, 3, text.contains("CUT"), 1);
    }

    @Override
    public boolean fits(Conversation conversation) {
      return !conversation.messages().getLast().content().contains("endless");
    }

    @Override
    public int contextTokens() {
      return 512;
    }

    @Override
    public Set<String> controlTokens() {
      return Set.of();
    }

    @Override
    public Map<String, Object> recipe() {
      return Map.of("model", "scripted");
    }
  }

  private List<Question> questions(String... rows) throws IOException {
    var file = Files.write(dir.resolve("asked.jsonl"), List.of(rows));
    return Question.read(new Source(file));
  }

  private static String row(String prompt) {
    return JSON.writeValueAsString(Map.of("prompt", prompt));
  }

  private static String row(String prompt, String completion) {
    return JSON.writeValueAsString(Map.of("prompt", prompt, "completion", completion));
  }

  private Distilled distil(
      ChatModel model, List<Question> questions, int samples, boolean keepsAll, Rule... rules)
      throws IOException {
    return distil(model, questions, new Distiller.Settings(samples, keepsAll, List.of(rules), 1));
  }

  private Distilled distil(ChatModel model, List<Question> questions, Distiller.Settings settings)
      throws IOException {
    try (var log = CallLog.open(dir.resolve("calls.jsonl"))) {
      return new Distiller(model, settings, log, (asked, accepted) -> {}).run(questions, "some:m");
    }
  }

  private static List<JsonNode> json(Distilled distilled) {
    return distilled.rows().stream().map(JSON::readTree).toList();
  }

  @Test
  void acceptedAnswersAreRowsThatSayWhereTheyCameFrom() throws IOException {
    var model = new Scripted((question, seed) -> question.toUpperCase(Locale.ROOT));
    var questions =
        questions(
            row("a"),
            "{\"messages\": [{\"role\": \"system\", \"content\": \"Shout.\"}, {\"role\": \"user\","
                + " \"content\": \"b\"}], \"metadata\": {\"shop\": 7}}",
            row("c", "C"),
            row("d", "e"));
    var distilled = distil(model, questions, 1, false, new Rule.Measured(new ExactMatch(), 1));
    assertEquals(3, distilled.rows().size());
    assertEquals(2, distilled.unchecked());
    assertEquals(Map.of("exact below 1.0", 1), distilled.refused());
    assertEquals(40, distilled.promptTokens());
    assertEquals(12, distilled.answerTokens());
    var second = json(distilled).get(1);
    assertEquals("Shout.", second.at("/messages/0/content").asString());
    assertEquals("B", second.at("/messages/2/content").asString());
    assertEquals("assistant", second.at("/messages/2/role").asString());
    assertEquals(7, second.at("/metadata/shop").asInt());
    assertEquals("some:m", second.at("/metadata/model").asString());
    assertEquals(LocalDate.now(ZoneOffset.UTC).toString(), second.at("/metadata/date").asString());
    var file = Files.write(dir.resolve("rows.jsonl"), distilled.rows());
    assertEquals(3, Items.read(new Source(file), Optional.empty()).size());
  }

  @Test
  void whatIsCutEmptyTooLongOrFailedIsNoRow() throws IOException {
    var model = new Scripted((question, seed) -> question);
    var questions =
        questions(row("half an answer CUT"), row("fail"), row("an endless question"), row("good"));
    var distilled = distil(model, questions, 3, false);
    assertEquals(1, distilled.rows().size());
    assertEquals(
        Map.of(
            "cut by the token limit",
            3,
            "the call failed: no answer",
            1,
            "the question is too long for the model",
            1),
        distilled.refused());
    assertEquals(
        1,
        distil(new Scripted((q, s) -> " "), questions(row("x")), 1, false).refused().get("empty"));
  }

  @Test
  void aQuestionIsAskedUntilAnAnswerIsAccepted() throws IOException {
    var model = new Scripted((question, seed) -> question + seed);
    var rule = new Rule.Measured(new ExactMatch(), 1);
    var questions = questions(row("a", "a2"), row("b", "b0"), row("c", "none"));
    var distilled = distil(model, questions, 4, false, rule);
    assertEquals(2, distilled.rows().size());
    assertEquals(
        List.of("a #0", "a #1", "a #2", "b #0", "c #0", "c #1", "c #2", "c #3"), model.asked);
  }

  @Test
  void allThatIsAcceptedIsKeptWhereWanted() throws IOException {
    var model = new Scripted((question, seed) -> question + Math.min(1, seed));
    var distilled = distil(model, questions(row("a"), row("b")), 3, true);
    assertEquals(6, model.asked.size());
    assertEquals(4, distilled.rows().size());
    assertEquals(Map.of("says what another row says", 2), distilled.refused());
  }

  @Test
  void nothingIsAskedTwice() throws IOException {
    var questions = questions(row("a"), row("b"), row("fail"), row("a"));
    var first = new Scripted((question, seed) -> question);
    var before = distil(first, questions, 1, false);
    assertEquals(List.of("a #0", "b #0", "fail #0"), first.asked);
    assertEquals(2, before.rows().size());
    assertEquals(20, before.promptTokens());
    var second = new Scripted((question, seed) -> "other");
    var after = distil(second, questions, 1, false);
    assertEquals(List.of("fail #0"), second.asked);
    assertEquals(1, after.fresh());
    assertEquals(before.rows(), after.rows().subList(0, 2));
    assertEquals(3, after.rows().size());
  }

  @Test
  void manyAtOnceGiveTheSameRowsAsOneByOne() throws IOException {
    var rows = new ArrayList<String>();
    for (int i = 0; i < 200; i++) {
      rows.add(row("question " + i % 150, i % 3 == 0 ? "x" : "question %d1".formatted(i % 150)));
    }
    var questions = questions(rows.toArray(String[]::new));
    var rule = new Rule.Measured(new ExactMatch(), 1);
    var one = new Scripted((question, seed) -> question + seed);
    var single = distil(one, questions, 3, false, rule);
    Files.delete(dir.resolve("calls.jsonl"));
    var many = new Scripted((question, seed) -> question + seed);
    var settings = new Distiller.Settings(3, false, List.of(rule), 8);
    assertEquals(single, distil(many, questions, settings));
    assertEquals(one.asked.size(), many.asked.size());
    assertEquals(Set.copyOf(one.asked), Set.copyOf(many.asked));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void whatStopsTheAskingLeavesTheRowsSoFar(int atOnce) throws IOException {
    var stop = new IllegalStateException("the budget is used up");
    var model =
        new Scripted((question, seed) -> {
          if (question.equals("9")) {
            throw stop;
          }
          return question;
        });
    var asked = IntStream.range(0, 500).mapToObj(i -> row("" + i)).toArray(String[]::new);
    var questions = questions(asked);
    var settings = new Distiller.Settings(1, false, List.of(), atOnce);
    var distilled = distil(model, questions, settings);
    assertSame(stop, distilled.stop().orElseThrow());
    int rows = distilled.rows().size();
    assertTrue(atOnce == 1 ? rows == 9 : rows < 500, "" + rows);
    assertEquals(rows, distilled.asked());
  }

  @Test
  void aSchemaIsHeldTo() throws IOException {
    var schema =
        JSON.readTree(
            "{\"type\": \"object\", \"properties\": {\"n\": {\"type\": \"integer\"}}, \"required\":"
                + " [\"n\"], \"additionalProperties\": false}");
    var rule = Rule.InSchema.of(schema);
    var question = questions(row("?")).getFirst();
    for (var good : List.of("{\"n\": 1}", " {\n\"n\": -2}\n")) {
      assertEquals(Optional.of(true), rule.holds(question, good), good);
    }
    for (var bad :
        List.of("", "{", "1", "{\"n\": \"1\"}", "{}", "{\"n\": 1, \"m\": 2}", "{\"n\": 1} {}")) {
      assertEquals(Optional.of(false), rule.holds(question, bad), bad);
    }
  }

  @Test
  void aProgramIsAskedOfEveryRow() throws IOException {
    var script =
        "while read -r line; do case \"$line\" in *'\"answers\":[]'*) echo 1;; *) echo 0.4;; esac;"
            + " done";
    var rule = new Rule.Measured(CommandMetric.start(script), 0.5);
    var questions = questions(row("a"), row("b", "known"));
    assertEquals(Optional.of(true), rule.holds(questions.getFirst(), "x"));
    assertEquals(Optional.of(false), rule.holds(questions.getLast(), "x"));
  }

  @Test
  void callsOfToolsAreWrittenAsTrainingReadsThem() throws IOException {
    var call = "<tool_call>\n{\"name\": \"track\", \"arguments\": {\"order\": 7}}\n</tool_call>";
    var model = new Scripted((question, seed) -> call);
    var questions =
        questions(
            "{\"messages\": [{\"role\": \"user\", \"content\": \"Where is 7?\"}], \"tools\":"
                + " [{\"type\": \"function\", \"function\": {\"name\": \"track\", \"parameters\":"
                + " {\"type\": \"object\"}}}]}");
    var distilled = distil(model, questions, 1, false);
    var file = Files.write(dir.resolve("rows.jsonl"), distilled.rows());
    var item = Items.read(new Source(file), Optional.empty()).getFirst();
    assertEquals("{\"name\":\"track\",\"arguments\":{\"order\":7}}", item.answer());
    assertEquals(1, item.asked().tools().size());
  }

  @Test
  void rowsAskWithOrWithoutAnAnswer() throws IOException {
    var questions =
        questions(
            row("a"),
            row("b", "B"),
            "{\"prompt\": [{\"role\": \"user\", \"content\": \"c\"}]}",
            "{\"prompt\": [{\"role\": \"user\", \"content\": \"d\"}], \"completion\": [{\"role\":"
                + " \"assistant\", \"content\": \"e\"}, {\"role\": \"user\", \"content\": \"f\"},"
                + " {\"role\": \"assistant\", \"content\": \"g\"}]}",
            "{\"messages\": [{\"role\": \"user\", \"content\": \"h\"}], \"metadata\": {\"answers\":"
                + " [\"i\", \"j\"]}}");
    assertEquals(List.of("a", "b", "c", "f", "h"), questions.stream().map(Question::text).toList());
    assertEquals(
        List.of(List.of(), List.of("B"), List.of(), List.of("g"), List.of("i", "j")),
        questions.stream()
            .map(q -> q.reference().map(r -> r.answers()).orElse(List.of()))
            .toList());
    var message = JSON.createObjectNode().put("role", "assistant").put("content", "new");
    var answered = questions.get(3).answered(message);
    assertEquals(4, answered.path("messages").size());
    assertEquals("new", answered.at("/messages/3/content").asString());
    assertEquals("f", answered.at("/messages/2/content").asString());

    var csv = Files.writeString(dir.resolve("asked.csv"), "mail\nHello\n");
    var read = Question.read(new Source(csv, new Columns("mail", "completion", "text")));
    assertEquals("Hello", read.getFirst().text());
    assertTrue(read.getFirst().reference().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"text\": \"plain\"}",
        "{\"completion\": \"an answer alone\"}",
        "{\"messages\": [{\"role\": \"system\", \"content\": \"Shout.\"}]}",
        "nonsense"
      })
  void aRowThatAsksNothingIsNamed(String row) {
    var e = assertThrows(UsageException.class, () -> questions(row("a"), row));
    assertTrue(e.getMessage().contains("asked.jsonl, line 2: "), e.getMessage());
    assertFalse(e.hint().isEmpty());
  }
}
