package dev.hone.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/// Turns that somebody types, with line editing and the history of this conversation. Ctrl-C drops
/// a line that is being typed and ends an answer that is being given; Ctrl-D on an empty line ends
/// the conversation.
final class TypedInput implements ChatInput {
  private static final String PROMPT = "> ";

  private final Terminal terminal;
  private final LineReader reader;
  private final AtomicBoolean isInterrupted = new AtomicBoolean();
  private Terminal.SignalHandler before = Terminal.SignalHandler.SIG_DFL;

  private TypedInput(Terminal terminal) {
    this.terminal = terminal;
    this.reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .completer(new StringsCompleter(Chat.COMMANDS))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .build();
  }

  static TypedInput open() throws IOException {
    return new TypedInput(TerminalBuilder.builder().system(true).graphemeCluster(false).build());
  }

  @Override
  public Optional<String> next() {
    while (true) {
      try {
        var line = reader.readLine(PROMPT);
        if (!line.isBlank()) {
          return Optional.of(line);
        }
      } catch (UserInterruptException e) {
        terminal.writer().println("(Ctrl-D or /exit leaves)");
      } catch (EndOfFileException e) {
        return Optional.empty();
      }
    }
  }

  @Override
  public BooleanSupplier answering() {
    isInterrupted.set(false);
    before = terminal.handle(Terminal.Signal.INT, signal -> isInterrupted.set(true));
    return isInterrupted::get;
  }

  @Override
  public void answered() {
    terminal.handle(Terminal.Signal.INT, before);
  }

  @Override
  public void close() throws IOException {
    terminal.close();
  }
}
