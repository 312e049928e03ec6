package dev.hone.model.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PlainRendererTest {
  private static final PairEncoder ENCODER = Formats.ENCODER;
  private static final int BOS = ENCODER.id("<s>");
  private static final PlainRenderer RENDERER =
      new PlainRenderer(ENCODER, OptionalInt.of(BOS), Formats.EOS);

  private static String marked(Conversation conversation) {
    return Formats.marked(RENDERER.renderExample(conversation).getFirst());
  }

  @Test
  void aPromptAndItsCompletionAreEncodedApart() {
    var ids = RENDERER.renderExample(Conversation.ofPrompt("abc", "def")).getFirst().ids();
    var expected =
        new int[][] {{BOS}, ENCODER.encode("abc\n"), ENCODER.encode("def"), {Formats.EOS}};
    assertArrayEquals(Arrays.stream(expected).flatMapToInt(Arrays::stream).toArray(), ids);
  }

  @Test
  void answersAndTheirEosAreLearned() {
    var conversation =
        new Conversation(
            List.of(
                Message.system("Be brief."),
                Message.user("Hi"),
                Message.assistant("Ho"),
                Message.user("Bye"),
                Message.assistant("Grüß")));
    assertEquals("<s>Be brief.\nHi\n[Ho</s>]Bye\n[Grüß</s>]", marked(conversation));
    assertEquals(8, RENDERER.renderExample(conversation).getFirst().targetBytes());
  }

  @Test
  void nothingLearnedIsNoExample() {
    assertEquals(List.of(), RENDERER.renderExample(new Conversation(List.of(Message.user("Hi")))));
  }

  @Test
  void toolsAndCallsAreLinesOfJson() {
    var arguments = new LinkedHashMap<String, Object>();
    arguments.put("word", "Öl");
    arguments.put("n", 1);
    var call = new ToolCall("c1", "look_up", arguments);
    var messages =
        List.of(
            Message.user("?"),
            new Message("assistant", "Let me see.", List.of(call, call), "", "", true));
    assertEquals(
        """
        <s>{"name":"look_up"}
        ?
        [Let me see.
        {"name":"look_up","arguments":{"word":"Öl","n":1}}
        {"name":"look_up","arguments":{"word":"Öl","n":1}}</s>]\
        """,
        marked(new Conversation(messages, List.of(Map.of("name", "look_up")))));
  }

  @Test
  void theTrainingPromptIsTheServingPrompt() {
    var messages =
        List.of(
            Message.user("odd"),
            Message.assistant("yes"),
            Message.user("Ünï"),
            Message.assistant("no"));
    var whole = RENDERER.renderExample(new Conversation(messages)).getFirst();
    var prompt = RENDERER.renderPrompt(new Conversation(messages.subList(0, 3)));
    assertArrayEquals(prompt, Arrays.copyOf(whole.ids(), prompt.length));
    assertEquals(prompt.length, whole.trained().previousClearBit(whole.ids().length - 1) + 1);
  }

  @Test
  void plainTextIsLearnedWhole() {
    assertEquals("<s>[abcde</s>]", Formats.marked(RENDERER.renderText("abcde")));
    assertEquals(5, RENDERER.renderText("abcde").targetBytes());
  }

  @Test
  void withoutBosTheFirstTokenIsNeverLearned() {
    var rendered = new PlainRenderer(ENCODER, OptionalInt.empty(), Formats.EOS).renderText("abcde");
    assertFalse(rendered.trained().get(0));
    assertEquals("ab[cde</s>]", Formats.marked(rendered));
    assertEquals(3, rendered.targetBytes());
  }

  @Test
  void eosEndsAGeneration() {
    assertArrayEquals(new int[] {Formats.EOS}, RENDERER.stopIds());
  }
}
