package dev.hone.model.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class TemplateRendererTest {
  private static final List<String> TEMPLATES =
      List.of(Formats.CHATML, Formats.MARKED, Formats.THINKING, Formats.ENDING, Formats.BARE);

  private static List<String> marked(String template, Message... messages) {
    return Formats.renderer(template).renderExample(new Conversation(List.of(messages))).stream()
        .map(Formats::marked)
        .toList();
  }

  private static Message untrained(String content) {
    return new Message("assistant", content, List.of(), "", "", false);
  }

  @Test
  void everyAnswerIsLearnedWithItsEndOfTurn() {
    assertEquals(
        List.of(
            "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n[Hello!<|im_end|>]\n"
                + "<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n[See you.<|im_end|>]"),
        marked(
            Formats.CHATML,
            Message.user("Hi"),
            Message.assistant("Hello!"),
            Message.user("Bye"),
            Message.assistant("See you.")));
  }

  @Test
  void nothingFollowsTheLastLearnedTurn() {
    assertEquals(
        List.of("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n[Hello!<|im_end|>]"),
        marked(
            Formats.CHATML,
            Message.user("Hi"),
            Message.assistant("Hello!"),
            Message.user("Bye"),
            untrained("No.")));
  }

  @Test
  void anUntrainedAnswerIsOnlyRead() {
    assertEquals(
        List.of(
            "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello!<|im_end|>\n"
                + "<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n[See you.<|im_end|>]"),
        marked(
            Formats.CHATML,
            Message.user("Hi"),
            untrained("Hello!"),
            Message.user("Bye"),
            Message.assistant("See you.")));
    assertEquals(List.of(), marked(Formats.CHATML, Message.user("Hi"), untrained("Hello!")));
  }

  @Test
  void aTurnThatIsNotKeptAsServedIsAnExampleOfItsOwn() {
    assertEquals(
        List.of(
            "<s><|im_start|>user\n"
                + "Hi<|im_end|>\n"
                + "<|im_start|>assistant\n"
                + "[<think>\n\n"
                + "</think>\n\n"
                + "Hello!<|im_end|>]",
            "<s><|im_start|>user\n"
                + "Hi<|im_end|>\n"
                + "<|im_start|>assistant\n"
                + "Hello!<|im_end|>\n"
                + "<|im_start|>user\n"
                + "Bye<|im_end|>\n"
                + "<|im_start|>assistant\n"
                + "[<think>\n\n"
                + "</think>\n\n"
                + "See you.<|im_end|>]"),
        marked(
            Formats.THINKING,
            Message.user("Hi"),
            Message.assistant("Hello!"),
            Message.user("Bye"),
            Message.assistant("See you.")));
  }

  @Test
  void theTemplatesMarksSayWhereTheTurnEnds() {
    assertEquals(
        List.of("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n[Hello!<|im_end|>]"),
        marked(Formats.MARKED, Message.user("Hi"), Message.assistant("Hello!")));
  }

  @Test
  void anEndOfTextBehindTheTurnIsLearnedWhereTheTextEnds() {
    assertEquals(
        List.of(
            "<|user|>\n"
                + "Hi<|end|>\n"
                + "<|assistant|>\n"
                + "[Hello!<|end|>]\n"
                + "<|user|>\n"
                + "Bye<|end|>\n"
                + "<|assistant|>\n"
                + "[Bye.<|end|>\n"
                + "</s>]"),
        marked(
            Formats.ENDING,
            Message.user("Hi"),
            Message.assistant("Hello!"),
            Message.user("Bye"),
            Message.assistant("Bye.")));
  }

  @Test
  void eosEndsATurnThatTheTemplateEndsWithNoSpecialToken() {
    assertEquals(
        List.of(
            "user: Hi\nassistant: [Hello!</s>]",
            "user: Hi\nassistant: Hello!\nuser: Bye\nassistant: [Bye.</s>]"),
        marked(
            Formats.BARE,
            Message.user("Hi"),
            Message.assistant("Hello!"),
            Message.user("Bye"),
            Message.assistant("Bye.")));
  }

  @Test
  void aCallOfAToolIsLearned() {
    var call = new ToolCall("c1", "look_up", Map.of("word", "Öl"));
    var message = new Message("assistant", "", List.of(call), "", "", true);
    assertEquals(
        List.of(
            "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
                + "[<|call|>{\"name\": \"look_up\", \"arguments\": {\"word\": \"Öl\"}}<|im_end|>]"),
        marked(Formats.CHATML, Message.user("Hi"), message));
  }

  @Test
  void targetBytesCountTheTextWithoutSpecialTokens() {
    var rendered =
        Formats.renderer(Formats.ENDING)
            .renderExample(Conversation.ofPrompt("Hi", "Grüße 😀"))
            .getFirst();
    assertEquals("Grüße 😀\n".getBytes(StandardCharsets.UTF_8).length, rendered.targetBytes());
  }

  @Test
  void aTemplateThatDoesNotContinueItsPromptIsRefused() {
    var template =
        "{% for m in messages %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}{% if"
            + " add_generation_prompt %}<|call|>{% endif %}";
    var renderer = Formats.renderer(template);
    var e =
        assertThrows(
            UsageException.class, () -> renderer.renderExample(Conversation.ofPrompt("a", "b")));
    assertTrue(
        e.getMessage().contains("does not continue its own generation prompt"), e.getMessage());
  }

  @Test
  void whatTheTemplateRefusesIsTheUsersError() {
    var renderer =
        Formats.renderer(
            "{% if messages[0].role != 'user' %}{{ raise_exception('users first') }}{% endif %}");
    var conversation = new Conversation(List.of(Message.system("x"), Message.assistant("y")));
    var e = assertThrows(UsageException.class, () -> renderer.renderExample(conversation));
    assertEquals(
        "the chat template refuses the conversation: chat_template.jinja line 1: users first",
        e.getMessage());
    assertEquals("check the roles and their order", e.hint());
    assertThrows(UsageException.class, () -> renderer.renderPrompt(conversation));
  }

  @Test
  void stopIdsAreWhatTheTemplateWritesBehindAnAnswer() {
    assertArrayEquals(ids("</s>", "<|im_end|>"), Formats.renderer(Formats.CHATML).stopIds());
    assertArrayEquals(ids("</s>", "<|end|>"), Formats.renderer(Formats.ENDING).stopIds());
    assertArrayEquals(ids("</s>"), Formats.renderer(Formats.BARE).stopIds());
    assertArrayEquals(ids("</s>"), Formats.renderer("{{ raise_exception('never') }}").stopIds());
  }

  private static int[] ids(String... special) {
    return Arrays.stream(special).mapToInt(Formats.ENCODER::id).toArray();
  }

  @Test
  void noToolsAreNone() {
    var template = "{{ tools is none }}{% if tools %}{{ tools | length }}{% endif %}";
    assertEquals("True", prompt(template, List.of()));
    assertEquals("False1", prompt(template, List.of(Map.of("name", "f"))));
  }

  private static String prompt(String template, List<Map<String, Object>> tools) {
    var conversation = new Conversation(List.of(Message.user("x")), tools);
    return Formats.ENCODER.decode(Formats.renderer(template).renderPrompt(conversation));
  }

  @Test
  void messagesHaveOnlyTheKeysThatAreThere() {
    var template = "{% for m in messages %}{{ m | tojson }}{% endfor %}";
    var answer = new Message("tool", "1", List.of(), "c1", "f", false);
    var call =
        new Message(
            "assistant", "", List.of(new ToolCall("c1", "f", Map.of("a", 1))), "", "", true);
    assertEquals(
        """
        {"role": "user", "content": "x"}\
        {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "id": "c1", \
        "function": {"name": "f", "arguments": {"a": 1}}}]}\
        {"role": "tool", "content": "1", "tool_call_id": "c1", "name": "f"}\
        """,
        Formats.ENCODER.decode(
            Formats.renderer(template)
                .renderPrompt(new Conversation(List.of(Message.user("x"), call, answer)))));
  }

  @Test
  void variablesOfTheUserReachTheTemplate() {
    var renderer =
        Formats.renderer(
            "{% if enable_thinking is false %}off{% endif %}", Map.of("enable_thinking", false));
    assertEquals("off", Formats.ENCODER.decode(renderer.renderPrompt(new Conversation(List.of()))));
  }

  /// What is served before a turn is, id for id, what stands before it in training; and what is
  /// learned begins right there.
  @ParameterizedTest
  @Seeds(100)
  void theTrainingPromptIsTheServingPrompt(long seed) {
    var random = new SplittableRandom(seed);
    var conversation = randomConversation(random);
    for (var template : TEMPLATES) {
      var renderer = Formats.renderer(template);
      var examples = renderer.renderExample(conversation);
      int found = 0;
      for (int i = 0; i < conversation.messages().size(); i++) {
        if (!conversation.messages().get(i).trained()) continue;
        var prompt = renderer.renderPrompt(new Conversation(conversation.messages().subList(0, i)));
        assertEquals(
            1, examples.stream().filter(example -> isAnswered(example, prompt)).count(), template);
        found++;
      }
      assertEquals(
          found, examples.stream().mapToInt(TemplateRendererTest::numSpans).sum(), template);
    }
  }

  private static boolean isAnswered(Rendered example, int[] prompt) {
    int[] ids = example.ids();
    return ids.length > prompt.length
        && Arrays.equals(ids, 0, prompt.length, prompt, 0, prompt.length)
        && example.trained().get(prompt.length)
        && !example.trained().get(prompt.length - 1);
  }

  private static int numSpans(Rendered example) {
    var trained = example.trained();
    return (int)
        IntStream.range(1, example.ids().length)
            .filter(i -> trained.get(i) && !trained.get(i - 1))
            .count();
  }

  /// Cutting the text into pieces loses none of it, and learns nothing but answers.
  @ParameterizedTest
  @Seeds(100)
  void theTextIsThatOfTheTemplate(long seed) {
    var random = new SplittableRandom(seed);
    var conversation = randomConversation(random);
    for (var example : Formats.renderer(Formats.CHATML).renderExample(conversation)) {
      var expected = new StringBuilder();
      for (var message : conversation.messages()) {
        var text = message.content() + "<|im_end|>";
        expected.append("<|im_start|>").append(message.role()).append("\n");
        expected.append(message.trained() ? "[" + text + "]" : text).append("\n");
      }
      var marked = Formats.marked(example);
      assertTrue(expected.toString().startsWith(marked), marked);
      assertFalse(expected.substring(marked.length()).contains("["), marked);
    }
  }

  private static Conversation randomConversation(SplittableRandom random) {
    var messages = new ArrayList<Message>();
    if (random.nextBoolean()) messages.add(Message.system(randomText(random)));
    for (int turns = random.nextInt(1, 5); turns > 0; turns--) {
      messages.add(Message.user(randomText(random)));
      var said = "a" + randomText(random);
      messages.add(turns > 1 && random.nextInt(3) == 0 ? untrained(said) : Message.assistant(said));
    }
    return new Conversation(messages);
  }

  private static String randomText(SplittableRandom random) {
    var pieces =
        List.of(
            "a",
            "be",
            " ",
            "\n",
            "日本",
            "😀",
            "e\u0301",
            "👩‍👩‍👧",
            "\u200b",
            "ß",
            "x: y",
            "<b>",
            "\u00a0",
            "{{ 1 }}");
    var text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--)
      text.append(pieces.get(random.nextInt(pieces.size())));
    return text.toString();
  }
}
