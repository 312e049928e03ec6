package dev.hone.cli;

import dev.hone.model.UsageException;
import dev.hone.tune.data.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone advise`: the cheapest way that is good enough.
@Command(
    name = "advise",
    header = "Tries every way to solve your task, cheapest first, and says which is enough.",
    description = {
      "",
      "Holds out three tenths of the rows, or takes --valid. Then it tries, on the same held-out"
          + " rows: the nearest known answer and a classifier, without a language model; the model"
          + " as it is; your system prompt; examples in the prompt, the same and the nearest; your"
          + " documents; fine-tuning. One half of the held-out rows drops what cannot win and"
          + " proposes the cheapest that is within the margin of the best; the other half, which"
          + " has chosen nothing, confirms it, at an error of 5 %%. Or it says how many more rows"
          + " it would take.",
      "",
      "Interrupted, it goes on with the same command: no finished answer is asked again.",
      "",
      "Exit codes: 0 a rung is recommended, 4 not enough data, 5 none reaches the target.",
      ""
    },
    sortOptions = false,
    customSynopsis = {
      "hone advise --data=FILE --out=DIR [OPTIONS]",
      "hone advise answer --out=DIR --rung=RUNG QUESTION [OPTIONS]",
      "hone advise delete --out=DIR --rung=RUNG [OPTIONS]"
    },
    subcommands = {AdviseAnswerCommand.class, AdviseDeleteCommand.class},
    footer = {
      "",
      "Examples:",
      "  hone advise --data tickets.jsonl --out report",
      "  hone advise --data asked.jsonl --docs handbook --base models/base --out report",
      "  hone advise --data forms.csv --csv-prompt mail --csv-completion json --target 0.9 --out"
          + " report",
      "  hone advise --data tickets.jsonl --ranks 4,16,64 --out report",
      "  hone advise --data tickets.jsonl --requests-per-day 5000 --out report",
      "  hone advise --data tickets.jsonl --base ollama:qwen3:4b --out report",
      "  hone advise --data letters.jsonl --metric judge:openai:gpt-6-luna --budget 5 --out report",
      "  hone advise --data tickets.jsonl --base openai:gpt-4o-mini --tune-hosted --budget 10 --out"
          + " report"
    })
final class AdviseCommand implements Callable<Integer> {
  // Neither is required where a command of its own follows.
  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "Rows with answers, as hone tune reads them.")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = "--valid",
      paramLabel = "FILE",
      description = "Held-out rows. Default: three tenths of --data, at most a thousand.")
  private Optional<Path> valid = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "For the report, and what the rungs make.")
  private Optional<Path> out = Optional.empty();

  @Option(
      names = "--docs",
      paramLabel = "DOCS",
      description = "Documents that answer: adds the rung that retrieves.")
  private Optional<Path> docs = Optional.empty();

  @Option(
      names = "--base",
      paramLabel = "MODEL",
      converter = ModelName.Converter.class,
      description =
          "hone, the embedded one (the default); a directory; org/name of the hub; openai:MODEL,"
              + " anthropic:MODEL, gemini:MODEL, ollama:MODEL; or URL#MODEL of a server that speaks"
              + " OpenAI's API.")
  private Optional<ModelName> base = Optional.empty();

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "Holds the key of a hosted model. Default: from the environment, as the provider's own"
              + " clients do.")
  private Optional<Path> keyFile = Optional.empty();

  @Option(
      names = "--budget",
      paramLabel = "USD",
      description =
          "The most that hosted models may cost, fine-tuning and the judge included, over all runs"
              + " into the same --out; no call is made that might pass it.")
  private Optional<Double> budget = Optional.empty();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description =
          "Questions that a hosted base is asked at the same time. Default: "
              + DataFromModelCommand.AT_ONCE
              + ".")
  private Optional<Integer> concurrency = Optional.empty();

  @Option(
      names = "--tune-hosted",
      description =
          "With openai:MODEL or URL#MODEL: adds the rung that the provider fine-tunes, at its"
              + " price. Training and selection rows are sent there; files and model stay there"
              + " until hone advise delete.")
  private boolean isTunedHosted;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "A system prompt of yours: adds a rung.")
  private Optional<String> system = Optional.empty();

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = MetricName.WORDS + MetricName.JUDGE_WORDS + " Default: by the kind of task.")
  private Optional<String> metric = Optional.empty();

  @Option(
      names = "--target",
      paramLabel = "SCORE",
      description = "Good enough from here on, 0 to 1. Default: near the best.")
  private Optional<Double> target = Optional.empty();

  @Option(
      names = "--margin",
      paramLabel = "SHARE",
      description = "How much worse than the best a cheaper way may be. Default: 0.05.")
  private double margin = 0.05;

  @Option(
      names = "--group",
      paramLabel = "FIELD",
      description = "Rows with the same value there are never on both sides of the split.")
  private Optional<String> group = Optional.empty();

  @Option(
      names = "--needs",
      paramLabel = "citations|json|tools",
      split = ",",
      description =
          "citations: only ways that give a source for what they say. json: the model is held to"
              + " the answers' schema on every rung. tools: only ways that can be given tools to"
              + " call, and no model that is known to call none. Several with commas.")
  private List<String> needs = List.of();

  @Option(
      names = "--schema",
      paramLabel = "FILE",
      description = "JSON schema of the answers. Default: told from the rows.")
  private Optional<Path> schema = Optional.empty();

  @Option(
      names = "--without",
      paramLabel = "RUNG",
      split = ",",
      description = "Leave a rung out; may be repeated.")
  private List<String> without = List.of();

  @Option(
      names = "--learning-curve",
      description =
          "Also fine-tune on a quarter and half of the rows, and forecast what more rows would"
              + " bring.")
  private boolean hasCurve;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "For fine-tuning. Default: 3, with few rows up to 20.")
  private Optional<Integer> epochs = Optional.empty();

  @Option(
      names = "--ranks",
      paramLabel = "R",
      split = ",",
      description =
          "For fine-tuning: an adapter of each rank is trained, and the one kept that does best on"
              + " the selection rows. Default: 16 alone.")
  private List<Integer> ranks = List.of();

  @Option(names = "--seed", paramLabel = "N", description = "Of all choices. Default: 1.")
  private long seed = 1;

  @Option(names = "--json", description = "Print report.json instead of a table.")
  private boolean isJson;

  @Mixin private ColumnOptions columns;
  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;
  @Mixin private PriceOptions prices;
  @Mixin private JudgeOptions judge;

  private final Shell shell;

  AdviseCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    if (margin <= 0 || margin >= 1 || target.filter(t -> t <= 0 || t > 1).isPresent()) {
      throw new UsageException(
          "--margin and --target are shares between 0 and 1", "for instance --margin 0.05");
    }
    prices.refuseWithoutTraffic();
    judge.refuseWithoutJudge(metric);
    refuseOfHostedTuning();
    var wish =
        new Advising.Wish(
            new Source(required(data, "--data, the rows"), columns.columns()),
            valid.map(file -> new Source(file, columns.columns())),
            docs,
            base.isPresent() ? Optional.of(base.get().brought(shell)) : base,
            keyFile,
            Spending.of(budget, prices.book()),
            concurrency(),
            isTunedHosted,
            prices,
            system,
            metric,
            judge,
            target.map(OptionalDouble::of).orElse(OptionalDouble.empty()),
            margin,
            group,
            new Needs(needs),
            schema,
            without,
            hasCurve,
            epochs
                .map(n -> OptionalInt.of(Bounds.atLeast(1, "--epochs", n)))
                .orElse(OptionalInt.empty()),
            ranks.stream().map(rank -> Bounds.atLeast(1, "--ranks", rank)).toList(),
            seed);
    return new Advising(
            shell,
            wish,
            required(out, "--out, a directory for the report"),
            threads.count(),
            isJson)
        .run();
  }

  private int concurrency() {
    if (concurrency.isPresent() && base.filter(ModelName.Hosted.class::isInstance).isEmpty()) {
      throw new UsageException(
          "--concurrency is of a hosted base, and --base names none",
          "leave it out; --threads is for a model on this machine");
    }
    return Bounds.atLeast(1, "--concurrency", concurrency.orElse(DataFromModelCommand.AT_ONCE));
  }

  /// What would mean something else, or more money, where a provider trains.
  private void refuseOfHostedTuning() {
    if (!isTunedHosted) {
      return;
    }
    if (base.filter(ModelName.Hosted.class::isInstance).isEmpty()) {
      throw new UsageException(
          "--tune-hosted has a provider train its model, and --base names none",
          "a model on this machine is tuned without it; or give --base openai:MODEL or URL#MODEL");
    }
    if (hasCurve || !ranks.isEmpty()) {
      throw new UsageException(
          "--learning-curve and --ranks train more models than one, which a provider charges for",
          "leave them out, or --tune-hosted");
    }
  }

  private static Path required(Optional<Path> path, String what) {
    return path.orElseThrow(() ->
        new UsageException(
            "missing " + what, "for instance: hone advise --data rows.jsonl --out report"));
  }
}
