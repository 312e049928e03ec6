package dev.hone.cli;

import dev.hone.rag.answer.Answerer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `hone ask`: an answer from documents.
@Command(
    name = "ask",
    header = "Answers a question from an index, with citations that were checked.",
    description = {
      "",
      "Finds the passages for the question, by words and by meaning, lets the model answer from"
          + " them, and checks the answer: each sentence is shown with the place in the documents"
          + " that holds it, or marked where none does. Where the documents do not answer the"
          + " question it says so; the exit code is then 3.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone ask --index=INDEX QUESTION [OPTIONS]",
    footer = {
      "",
      "Examples:",
      "  hone ask --index handbook.index \"How long can I return a teapot?\"",
      "  hone ask --index handbook.index --base models/base --adapter runs/first \"…\"",
      "  hone ask --index handbook.index --find \"teapot\""
    })
final class AskCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "QUESTION", description = "What is asked.")
  private String question;

  @Option(
      names = "--index",
      required = true,
      paramLabel = "INDEX",
      description = "What hone index has made.")
  private Path index;

  @Option(
      names = "--base",
      paramLabel = "hone|DIR|ORG/NAME",
      converter = BaseConverter.class,
      description =
          "The model that words the answer: a Hugging Face directory. Default: hone, the embedded"
              + " one.")
  private Optional<Path> base = Optional.empty();

  @Option(names = "--adapter", paramLabel = "DIR", description = "A LoRA adapter for it.")
  private Optional<Path> adapter = Optional.empty();

  @Option(names = "--find", description = "Show the passages that are found, without an answer.")
  private boolean isFinding;

  @Option(
      names = "--passages",
      paramLabel = "N",
      description = "The most passages to answer from. Default: 5.")
  private int passages = Answerer.Settings.DEFAULT.passages();

  @Option(
      names = "--filter",
      paramLabel = "FIELD=VALUE",
      description = "Only records with this value; may be repeated.")
  private Map<String, String> filter = new LinkedHashMap<>();

  @Option(
      names = "--as",
      paramLabel = "LABEL",
      split = ",",
      description = "Who asks, where the index has access rules; may be repeated.")
  private List<String> readers = List.of();

  @Option(
      names = "--drop-unsupported",
      description = "Leave out sentences that the documents do not hold, instead of marking them.")
  private boolean dropsUnsupported;

  @Option(names = "--json", description = "Print one JSON object; the same as --format json.")
  private boolean isJson;

  @Option(
      names = "--format",
      paramLabel = "text|json|openai|anthropic",
      description =
          "Print text with footnotes, Hone's JSON, or a message with citations as OpenAI's or"
              + " Anthropic's API has them. Default: text.")
  private CitationText.Format format = CitationText.Format.TEXT;

  @Mixin private BaseDtypeOption dtype;
  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;

  private final Shell shell;

  AskCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    var settings =
        new Answerer.Settings(
            Bounds.atLeast(1, "--passages", passages),
            Answerer.Settings.DEFAULT.leastRelevance(),
            dropsUnsupported);
    var shown = isJson ? CitationText.Format.JSON : format;
    var asking = new Asking(shell, index, filter, readers, settings, threads.count(), shown);
    return isFinding
        ? asking.find(question)
        : asking.answer(question, HubBase.bring(shell, base), adapter, dtype.asked());
  }
}
