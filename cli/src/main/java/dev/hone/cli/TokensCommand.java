package dev.hone.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone tokens`: a model gets new tokens.
@Command(
    name = "tokens",
    header = "Adds new tokens to a model.",
    description = {
      "",
      "Writes the model again with a tokenizer that reads each of these texts as one token, and"
          + " with rows for them in the embedding and the head. A new row begins as the mean of the"
          + " rows of the tokens that spelled the text before; hone tune --train-tokens trains it.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone tokens --base=hone|DIR|ORG/NAME --add=TEXT... --out=DIR [OPTIONS]",
    footer = {
      "",
      "Examples:",
      "  hone tokens --base models/base --add '<ticket>' --add '</ticket>' --out models/ticket",
      "  hone tokens --base models/base --add '<|tool_call|>' --special --out models/calls"
    })
final class TokensCommand implements Callable<Integer> {
  @Option(
      names = "--base",
      required = true,
      paramLabel = "hone|DIR|ORG/NAME",
      converter = BaseConverter.class,
      description = "The model: a Hugging Face directory, or hone for the embedded one.")
  private Path base;

  @Option(
      names = "--add",
      required = true,
      paramLabel = "TEXT",
      description = "A text that becomes one token; may be repeated.")
  private List<String> contents;

  @Option(
      names = "--special",
      description =
          "They are special tokens: control marks that are left out of an answer's text. Without"
              + " it they are text like any other.")
  private boolean isSpecial;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the model goes; a new or empty directory.")
  private Path out;

  @Mixin private HelpOption help;

  private final Shell shell;

  TokensCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    MoreTokens.write(HubBase.bring(shell, base), contents, isSpecial, out)
        .forEach(shell.out()::println);
    return ErrorReport.FINE;
  }
}
