package dev.hone.cli;

import dev.hone.ladder.cost.PriceBook;
import dev.hone.model.UsageException;
import dev.hone.tune.data.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone data from-model`: rows out of a model's accepted answers.
@Command(
    name = "from-model",
    header = "Makes rows to train on out of a model's accepted answers.",
    description = {
      "",
      "Asks a model, a hosted one say, each row's question, and keeps the answers that pass: whole"
          + " ones always; by --metric against the row's own answer, where it has one; JSON of"
          + " --schema; what a program of yours accepts. So a model on this machine learns from"
          + " them: hone tune --data OUT. Each row says in its metadata which model it is of, and"
          + " the day.",
      "",
      "Interrupted, it goes on with the same command: no answer is asked for again. Calls that"
          + " failed are made again.",
      ""
    },
    sortOptions = false,
    customSynopsis =
        "hone data from-model --base=MODEL --data=FILE --out=FILE [--metric=NAME] [OPTIONS]",
    footer = {
      "",
      "Examples:",
      "  hone data from-model --base openai:gpt-6-luna --data asked.jsonl --out rows.jsonl --budget"
          + " 5",
      "  hone data from-model --base openai:gpt-6-luna --data train.jsonl --out rows.jsonl --metric"
          + " f1 --at-least 0.9 --samples 4",
      "  hone data from-model --base ollama:qwen3:4b --data mails.csv --schema order.json --out"
          + " rows.jsonl",
      "  hone data from-model --base openai:gpt-6-luna --data asked.jsonl --metric"
          + " \"command:python3 accept.py\" --out rows.jsonl"
    })
final class DataFromModelCommand implements Callable<Integer> {
  private static final int MAX_TOKENS = 1_024;
  static final int AT_ONCE = 4;

  @Option(
      names = "--base",
      required = true,
      paramLabel = "MODEL",
      converter = ModelName.Converter.class,
      description =
          "Who answers: openai:MODEL, anthropic:MODEL, gemini:MODEL, ollama:MODEL; URL#MODEL of a"
              + " server that speaks OpenAI's API; a directory, org/name of the hub, or hone.")
  private ModelName base;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "Rows that ask, with an answer or without (docs/data-format.md).")
  private Path data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description =
          "For the rows, .jsonl. Beside it stand all answers (FILE.calls) and what they took"
              + " (FILE.spent).")
  private Path out;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = {
        "How an answer is held against the row's own; may be repeated, then all must be reached."
            + " NAME is "
            + MetricName.WORDS,
        "A row without an answer passes, except by a program, which reads it with no \"answers\"."
      })
  private List<String> metrics = List.of();

  @Option(
      names = "--at-least",
      paramLabel = "SCORE",
      description = "What each --metric must reach, 0 to 1. Default: 1.")
  private Optional<Double> atLeast = Optional.empty();

  @Option(
      names = "--schema",
      paramLabel = "FILE",
      description = "JSON schema of the answers; the model is held to it where it can be.")
  private Optional<Path> schema = Optional.empty();

  @Option(
      names = "--samples",
      paramLabel = "N",
      description =
          "Ask a question again, drawing the answer, until one is accepted, so often at most."
              + " Default: 1.")
  private int samples = 1;

  @Option(
      names = "--keep-all",
      description = "Ask for all --samples of each question, and keep each accepted answer.")
  private boolean keepsAll;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "The most tokens of an answer; one that is cut is refused. Default: 1024.")
  private int maxTokens = MAX_TOKENS;

  @Option(
      names = "--budget",
      paramLabel = "USD",
      description =
          "The most that the model may cost, over all runs into the same --out; no call is made"
              + " that might pass it.")
  private Optional<Double> budget = Optional.empty();

  @Option(
      names = "--prices",
      paramLabel = "FILE",
      description = "Prices of your own, which count in place of Hone's (docs/cost.md).")
  private Optional<Path> prices = Optional.empty();

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "Holds the key of a hosted model. Default: from the environment.")
  private Optional<Path> keyFile = Optional.empty();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "Questions that a hosted model is asked at the same time. Default: 4.")
  private Optional<Integer> concurrency = Optional.empty();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean isJson;

  @Mixin private ColumnOptions columns;
  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;

  private final Shell shell;

  DataFromModelCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    if (atLeast.isPresent() && metrics.isEmpty()) {
      throw new UsageException("--at-least says what --metric must reach", "name a --metric");
    }
    if (atLeast.filter(score -> score <= 0 || score > 1).isPresent()) {
      throw new UsageException("--at-least is a score above 0, at most 1", "for instance 0.9");
    }
    if (keepsAll && samples == 1) {
      throw new UsageException("--keep-all keeps several answers", "say how many with --samples N");
    }
    boolean isHosted = base instanceof ModelName.Hosted;
    if (!isHosted && (budget.isPresent() || concurrency.isPresent())) {
      throw new UsageException(
          "--budget and --concurrency are of hosted models",
          "leave them out for one on this machine");
    }
    var book = PriceBook.open(LocalDate.now());
    var wish =
        new FromModel.Wish(
            base.brought(shell),
            new Source(data, columns.columns()),
            metrics,
            atLeast.orElse(1.0),
            schema,
            Bounds.atLeast(1, "--samples", samples),
            keepsAll,
            Bounds.atLeast(1, "--max-tokens", maxTokens),
            Spending.of(budget, prices.isPresent() ? book.with(prices.get()) : book),
            keyFile,
            isHosted ? Bounds.atLeast(1, "--concurrency", concurrency.orElse(AT_ONCE)) : 1);
    new FromModel(shell, wish, out, threads.count(), isJson).run();
    return ErrorReport.FINE;
  }
}
