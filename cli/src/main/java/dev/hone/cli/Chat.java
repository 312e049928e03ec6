package dev.hone.cli;

import dev.hone.model.UsageException;
import dev.hone.model.generate.FinishReason;
import dev.hone.model.generate.Generation;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// One `hone chat`: turns in, answers out, each with all that was said before.
final class Chat {
  static final List<String> COMMANDS = List.of("/help", "/system", "/reset", "/exit");

  private final Shell shell;
  private final Speaker speaker;
  private Optional<String> system;
  private final List<Message> said = new ArrayList<>();

  Chat(Shell shell, Speaker speaker, Optional<String> system) {
    this.shell = shell;
    this.speaker = speaker;
    this.system = system;
  }

  /// Answers the prompt; without one, leads a conversation.
  ///
  /// @return the exit code
  int run(Optional<String> prompt) throws IOException {
    if (prompt.isPresent()) {
      answer(prompt.get().equals("-") ? wholeInput() : prompt.get(), () -> false);
    } else if (shell.isInteractive()) {
      try (var input = TypedInput.open()) {
        shell.err().println("/help lists commands; Ctrl-C ends an answer, Ctrl-D the conversation");
        converse(input);
      }
    } else {
      try (var input = new LineInput(shell.in())) {
        answerAll(input);
      }
    }
    return ErrorReport.FINE;
  }

  /// Without the newline that ends a file.
  private String wholeInput() throws IOException {
    var text = new String(shell.in().readAllBytes(), StandardCharsets.UTF_8);
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  private void answerAll(ChatInput input) throws IOException {
    for (var turn = input.next(); turn.isPresent(); turn = input.next()) {
      answer(turn.get(), input.answering());
      input.answered();
    }
  }

  /// What goes wrong with one turn doesn't end the conversation.
  void converse(ChatInput input) throws IOException {
    for (var turn = input.next(); turn.isPresent(); turn = input.next()) {
      if (turn.get().strip().equals("/exit")) {
        return;
      }
      if (turn.get().startsWith("/")) {
        obey(turn.get().strip());
      } else {
        answerOrExplain(turn.get(), input);
      }
    }
  }

  private void answerOrExplain(String text, ChatInput input) {
    try {
      answer(text, input.answering());
    } catch (UsageException e) {
      shell.err().printf("error: %s%nhint: %s; /reset begins anew%n", e.getMessage(), e.hint());
    } finally {
      input.answered();
    }
  }

  private void obey(String line) {
    var command = line.split("\\s+", 2);
    switch (command[0]) {
      case "/reset" -> {
        said.clear();
        shell.err().println("the conversation begins anew");
      }
      case "/system" -> {
        system = command.length == 1 ? Optional.empty() : Optional.of(command[1]);
        said.clear();
        shell
            .err()
            .println(
                "system message "
                    + (system.isPresent() ? "set" : "removed")
                    + "; the conversation begins anew");
      }
      case "/help" ->
          shell
              .err()
              .println(
                  """
                  /system TEXT  sets the system message (without TEXT: removes it) and begins anew
                  /reset        forgets what was said
                  /exit         leaves, as Ctrl-D does
                  Ctrl-C        ends the answer
                  """
                      .stripTrailing());
      default ->
          shell
              .err()
              .println(
                  "no such command: %s; there are %s"
                      .formatted(command[0], String.join(", ", COMMANDS)));
    }
  }

  /// Streams the answer, and keeps both turns.
  private void answer(String text, BooleanSupplier cancelled) {
    var messages = new ArrayList<Message>();
    system.ifPresent(content -> messages.add(Message.system(content)));
    messages.addAll(said);
    var question = Message.user(text);
    messages.add(question);
    var answer = speaker.answer(new Conversation(messages), this::stream, cancelled);
    stream("\n");
    said.add(question);
    said.add(new Message("assistant", answer.text(), List.of(), "", "", false));
    explain(answer);
  }

  private void stream(String piece) {
    shell.out().print(piece);
    shell.out().flush();
  }

  private void explain(Generation answer) {
    if (answer.finishReason() == FinishReason.LENGTH) {
      shell
          .err()
          .println(
              "(cut after %s: --max-tokens or the context's end)"
                  .formatted(Numbers.count(answer.generatedTokens(), "token")));
    }
  }
}
