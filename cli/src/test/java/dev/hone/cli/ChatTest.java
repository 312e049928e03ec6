package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.GenerationConfig;
import dev.hone.model.generate.FinishReason;
import dev.hone.model.generate.Generation;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.text.Conversation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class ChatTest {
  private final List<String> asked = new ArrayList<>();

  /// Answers with the number of messages, in two pieces.
  private final Speaker speaker =
      (conversation, onText, cancelled) -> {
        asked.add(said(conversation));
        if (conversation.messages().getLast().content().equals("too long")) {
          throw new UsageException("no room", "shorten it");
        }
        onText.accept("answer ");
        onText.accept("" + conversation.messages().size());
        return new Generation(
            "answer " + conversation.messages().size(),
            List.of(),
            FinishReason.STOP,
            1,
            0,
            2,
            Duration.ZERO,
            Duration.ZERO);
      };

  private static String said(Conversation conversation) {
    return conversation.messages().stream()
        .map(m -> m.role() + ": " + m.content())
        .collect(Collectors.joining(" | "));
  }

  @Test
  void onePromptGivesOneAnswerAndNothingElse() throws IOException {
    var shell = new TestShell();
    new Chat(shell.shell(), speaker, Optional.of("be brief")).run(Optional.of("hi"));

    assertEquals("answer 2\n", shell.out());
    assertEquals("", shell.err());
    assertEquals(List.of("system: be brief | user: hi"), asked);
  }

  @Test
  void aDashReadsThePromptFromStandardInput() throws IOException {
    var shell = new TestShell("two\nlines\n", Map.of());
    new Chat(shell.shell(), speaker, Optional.empty()).run(Optional.of("-"));

    assertEquals(List.of("user: two\nlines"), asked);
  }

  @Test
  void linesOfAPipeAreTurns() throws IOException {
    var shell = new TestShell("one\n\n/reset is text here\n", Map.of());
    new Chat(shell.shell(), speaker, Optional.empty()).run(Optional.empty());

    assertEquals("answer 1\nanswer 3\n", shell.out());
    assertEquals(
        List.of("user: one", "user: one | assistant: answer 1 | user: /reset is text here"), asked);
  }

  @Test
  void commandsSteerAConversation() throws IOException {
    var shell = new TestShell();
    var chat = new Chat(shell.shell(), speaker, Optional.empty());
    chat.converse(
        new Typed(
            "one",
            "/reset",
            "two",
            "/system be kind",
            "three",
            "/help",
            "/nonsense",
            "/exit",
            "four"));

    assertEquals(List.of("user: one", "user: two", "system: be kind | user: three"), asked);
    assertTrue(shell.err().contains("no such command: /nonsense"), shell.err());
    assertTrue(shell.err().contains("/system TEXT"), shell.err());
  }

  @Test
  void aTurnThatFailsIsForgottenAndTheConversationGoesOn() throws IOException {
    var shell = new TestShell();
    new Chat(shell.shell(), speaker, Optional.empty())
        .converse(new Typed("one", "too long", "two"));

    assertEquals("user: one | assistant: answer 1 | user: two", asked.getLast());
    assertTrue(
        shell.err().contains("error: no room\nhint: shorten it; /reset begins anew"), shell.err());
  }

  @Test
  void anAnswerThatIsCutSaysSo() throws IOException {
    var shell = new TestShell();
    Speaker cut =
        (conversation, onText, cancelled) ->
            new Generation(
                "x", List.of(), FinishReason.LENGTH, 1, 0, 7, Duration.ZERO, Duration.ZERO);
    new Chat(shell.shell(), cut, Optional.empty()).run(Optional.of("hi"));

    assertTrue(shell.err().startsWith("(cut after 7 tokens"), shell.err());
  }

  @Test
  void withoutOptionsTheAuthorsDecide() {
    var sampled =
        new GenerationConfig(
            OptionalInt.empty(),
            List.of(),
            Optional.of(true),
            Optional.of(0.6),
            Optional.of(0.9),
            OptionalInt.of(50));

    assertTrue(sampling(GenerationConfig.ABSENT).isGreedy());
    assertEquals(0.6, sampling(sampled).temperature());
    assertEquals(0.9, sampling(sampled).topP());
    assertEquals(50, sampling(sampled).topK());
  }

  @Test
  void optionsOverrideTheAuthors() {
    var sampled =
        new GenerationConfig(
            OptionalInt.empty(),
            List.of(),
            Optional.of(true),
            Optional.of(0.6),
            Optional.of(0.9),
            OptionalInt.of(50));

    assertTrue(sampling(sampled, "--temperature", "0").isGreedy());
    assertEquals(0, sampling(sampled, "--temperature", "0").topK());
    assertEquals(1.0, sampling(GenerationConfig.ABSENT, "--top-p", "0.9").temperature());
    var named =
        sampling(
            GenerationConfig.ABSENT,
            "--stop",
            "A",
            "--stop",
            "B",
            "--seed",
            "9",
            "--max-tokens",
            "5");
    assertEquals(List.of("A", "B"), named.stop());
    assertEquals(9, named.seed());
    assertEquals(5, named.maxTokens());
    assertEquals(Set.of(2), named.stopIds());
    assertFalse(sampling(sampled).stop().contains("A"));
  }

  private static SamplingOptions sampling(GenerationConfig authors, String... args) {
    var flags = new SamplingFlags();
    new CommandLine(new Holder(flags)).parseArgs(args);
    return flags.options(authors, Set.of(2));
  }

  @CommandLine.Command
  private record Holder(@CommandLine.Mixin SamplingFlags flags) {}

  /// Somebody who types these lines.
  private static final class Typed implements ChatInput {
    private final Deque<String> lines;

    Typed(String... lines) {
      this.lines = new ArrayDeque<>(List.of(lines));
    }

    @Override
    public Optional<String> next() {
      return Optional.ofNullable(lines.poll());
    }

    @Override
    public BooleanSupplier answering() {
      return () -> false;
    }

    @Override
    public void answered() {}

    @Override
    public void close() {}
  }
}
