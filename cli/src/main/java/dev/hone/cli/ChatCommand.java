package dev.hone.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone chat`: talk to a model.
@Command(
    name = "chat",
    header = "Talks to a model.",
    description = {
      "",
      "On a terminal: a conversation, with /help, /system TEXT, /reset and /exit; Ctrl-C ends an"
          + " answer, Ctrl-D the conversation. With --prompt: one answer, and nothing but the"
          + " answer on standard output. With standard input from a file or pipe: each line is a"
          + " turn.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone chat --base=hone|DIR|ORG/NAME [OPTIONS]",
    footer = {
      "",
      "Examples:",
      "  hone chat --base models/base --adapter runs/first",
      "  hone chat --base models/base --prompt \"Where is my order?\"",
      "  hone chat --base HuggingFaceTB/SmolLM2-135M-Instruct",
      "  hone chat --base models/base --prompt - --temperature 0.7 < letter.txt"
    })
final class ChatCommand implements Callable<Integer> {
  @Option(
      names = "--base",
      required = true,
      paramLabel = "hone|DIR|ORG/NAME",
      converter = BaseConverter.class,
      description =
          "The model: a Hugging Face directory, org/name of the hub, or hone, the embedded one.")
  private Path base;

  @Option(names = "--adapter", paramLabel = "DIR", description = "A LoRA adapter for it.")
  private Optional<Path> adapter = Optional.empty();

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "Answer this and end; - reads it from standard input.")
  private Optional<String> prompt = Optional.empty();

  @Option(names = "--system", paramLabel = "TEXT", description = "The system message.")
  private Optional<String> system = Optional.empty();

  @Option(
      names = "--context",
      paramLabel = "TOKENS",
      description =
          "The most tokens of a whole conversation. Default: what the model allows, at most 4096.")
  private Optional<Integer> context = Optional.empty();

  @Mixin private BaseDtypeOption dtype;
  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;
  @Mixin private SamplingFlags sampling;

  private final Shell shell;

  ChatCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    int positions = Bounds.atLeast(2, "--context", context.orElse(4096));
    var directory = HubBase.bring(shell, base);
    try (var speaker =
        ModelSpeaker.open(
            directory, adapter, dtype.asked(), positions, sampling, threads.count())) {
      return new Chat(shell, speaker, system).run(prompt);
    }
  }
}
