package dev.hone.cli;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone cost`: the arithmetic alone, before anything is trained.
@Command(
    name = "cost",
    header =
        "Says what each way to solve your task would cost, and from which traffic tuning pays.",
    description = {
      "",
      "Counts the tokens of your rows with the model's tokenizer and chat template, times a few"
          + " training passes and answers on this machine, and takes prices from a book with dates"
          + " and sources. Nothing is fetched, and nothing is trained. A price that is not known is"
          + " printed as unknown.",
      ""
    },
    sortOptions = false,
    customSynopsis = {
      "hone cost --base=hone|DIR|ORG/NAME --data=FILE [OPTIONS]",
      "hone cost prices [WORDS]"
    },
    subcommands = CostPricesCommand.class,
    footer = {
      "",
      "Examples:",
      "  hone cost --base hone --data tickets.jsonl --requests-per-day 5000",
      "  hone cost --base models/base --data asked.jsonl --docs handbook --requests-per-day 5000",
      "  hone cost --base hone --data tickets.jsonl --hosted claude-haiku-5.5 \\",
      "    --tuned \"fireworks LoRA SFT up to 16B\" --host \"RTX 4090 community\" --machine-rate"
          + " 12",
      "  hone cost --base hone --data tickets.jsonl --host own --machine-price 0.04",
      "  hone cost prices H100"
    })
final class CostCommand implements Callable<Integer> {
  private static final String TUNED = "aws-bedrock/amazon-nova-micro tuned";

  // Neither is required where a command of its own follows.
  @Option(
      names = "--base",
      paramLabel = "hone|DIR|ORG/NAME",
      converter = BaseConverter.class,
      description = "The model that would be prompted or tuned here; its tokenizer counts.")
  private Optional<Path> base = Optional.empty();

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "Rows with answers, as hone tune reads them.")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = "--docs",
      paramLabel = "DOCS",
      description = "Documents that answer: prices retrieval, and how fast learned facts go stale.")
  private Optional<Path> docs = Optional.empty();

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "A system prompt of yours: prices it.")
  private Optional<String> system = Optional.empty();

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes of a training over the rows. Default: 3.")
  private int epochs = 3;

  @Option(
      names = "--trainings-per-month",
      paramLabel = "N",
      description =
          "Trainings to keep up. Default: 0, or with --docs what keeps 95 %% of learned facts"
              + " true.")
  private double trainings;

  @Option(
      names = "--label-minutes",
      paramLabel = "MINUTES",
      description = "What it takes to write the answer of a row. Default: 1.")
  private double labelMinutes = 1;

  @Option(
      names = "--label-price",
      paramLabel = "USD",
      description = "Of an hour of whoever writes it. Default: unknown.")
  private Optional<Double> labelPrice = Optional.empty();

  @Option(
      names = "--tuned",
      paramLabel = "ITEM",
      description = "Model tuned at its provider to compare with. Default: " + TUNED + ".")
  private String tuned = TUNED;

  @Option(
      names = "--needs",
      paramLabel = "tools",
      description =
          "What you need besides quality. tools: ways without a model are left out, a model that is"
              + " known to call none is refused, and what is not known is said.")
  private List<String> needs = List.of();

  @Option(names = "--no-probe", description = "Time nothing on this machine.")
  private boolean isUntimed;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean isJson;

  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;
  @Mixin private PriceOptions prices;
  @Mixin private DataOptions rows;

  private final Shell shell;

  CostCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    var wish =
        new Costing.Wish(
            HubBase.bring(shell, required(base, "--base, the model")),
            required(data, "--data, the rows"),
            rows,
            docs,
            system,
            tuned,
            Bounds.atLeast(1, "--epochs", epochs),
            Bounds.notNegative("--trainings-per-month", trainings),
            Bounds.notNegative("--label-minutes", labelMinutes),
            labelPrice
                .map(usd -> OptionalDouble.of(Bounds.notNegative("--label-price", usd)))
                .orElse(OptionalDouble.empty()),
            !isUntimed,
            needs(),
            threads.count());
    return new Costing(shell, wish, prices, isJson).run();
  }

  /// Of answers nothing is seen here, so their form and sources are no matter of it.
  private Needs needs() {
    var asked = new Needs(needs);
    if (!List.of("tools").containsAll(needs)) {
      throw new UsageException(
          "--needs %s says nothing of costs".formatted(String.join(",", needs)),
          "hone advise knows it; here there is --needs tools");
    }
    return asked;
  }

  private static Path required(Optional<Path> path, String what) {
    return path.orElseThrow(() ->
        new UsageException(
            "missing " + what, "for instance: hone cost --base hone --data rows.jsonl"));
  }
}
