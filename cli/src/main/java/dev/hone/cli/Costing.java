package dev.hone.cli;

import dev.hone.ladder.cost.Costs;
import dev.hone.ladder.cost.ItemKind;
import dev.hone.ladder.cost.Machine;
import dev.hone.ladder.cost.Money;
import dev.hone.ladder.cost.Term;
import dev.hone.ladder.cost.Tokens;
import dev.hone.ladder.cost.TrainingCost;
import dev.hone.ladder.cost.Way;
import dev.hone.ladder.rung.AnswerRate;
import dev.hone.ladder.rung.LocalModel;
import dev.hone.ladder.rung.NearestShots;
import dev.hone.ladder.rung.PromptSizes;
import dev.hone.ladder.rung.PromptSizes.Size;
import dev.hone.ladder.rung.Prompted;
import dev.hone.ladder.task.Change;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Items;
import dev.hone.model.UsageException;
import dev.hone.model.adapter.LoraConfig;
import dev.hone.model.adapter.Targets;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.text.Renderers;
import dev.hone.model.text.Tokenizer;
import dev.hone.tune.data.Totals;
import dev.hone.tune.run.Method;
import dev.hone.tune.run.TuneRequest;
import dev.hone.tune.run.TuneRequest.Hyper;
import dev.hone.tune.run.TuneRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Runs `hone cost`.
record Costing(Shell shell, Wish wish, PriceOptions prices, boolean isJson) {
  /// As `hone advise` has them.
  private static final int SHOTS = 4;

  /// Tokens that every hosted model of the price book has room for.
  private static final int HOSTED_CONTEXT = 100_000;

  /// Of learned facts, at most so many are to be out of date, on average.
  static final double STALE = 0.05;

  /// As `hone tune` has it.
  private static final LoraConfig LORA =
      new LoraConfig(16, 32, Targets.parse(Targets.ALL_LINEAR), 0, false);

  /// What is asked.
  ///
  /// @param labelPrice of an hour, US dollars
  /// @param isTimed whether training and answering are timed here
  record Wish(
      Path base,
      Path data,
      DataOptions rows,
      Optional<Path> docs,
      Optional<String> system,
      String tuned,
      int epochs,
      double trainingsPerMonth,
      double labelMinutes,
      OptionalDouble labelPrice,
      boolean isTimed,
      int threads) {}

  /// What it would cost.
  ///
  /// @param totals of the rows
  /// @param prompts ways without training, hosted and on the machine
  /// @param tuned ways with training
  /// @param labelling of the rows
  /// @param change of the documents, where it is known
  record Estimate(
      Wish wish,
      Costs costs,
      Totals totals,
      List<Way> prompts,
      List<Way> tuned,
      Term labelling,
      Optional<Change> change) {}

  int run() throws IOException {
    var book = prices.book();
    var hosted = prices.hosted(book);
    var tunedItem = book.find(wish.tuned(), kind -> kind == ItemKind.TUNED);
    var machine = prices.machine(book);
    wish.docs()
        .filter(dir -> !Files.exists(dir))
        .ifPresent(dir -> {
          throw new UsageException(
              dir + ": no such directory", "give the folder of your documents");
        });
    var totals = totals();
    var items = Items.read(wish.rows().source(wish.data()), Optional.empty());
    var change =
        wish.docs().isPresent()
            ? Change.of(wish.docs().get(), Instant.now())
            : Optional.<Change>empty();
    double trainings =
        Math.max(wish.trainingsPerMonth(), change.map(c -> c.trainingsPerMonth(STALE)).orElse(0.0));
    var costs = new Costs(book, prices.requestsPerDay(), hosted, machine, trainings);
    var tokenizer = Tokenizer.open(wish.base());
    double answer =
        items.stream().mapToInt(item -> tokenizer.encode(item.answer()).length).average().orElse(0);
    var prompts = new ArrayList<>(List.of(costs.inApplication("no-model")));
    sizes(items, tokenizer, HOSTED_CONTEXT)
        .forEach((rung, size) -> prompts.add(costs.hosted(rung, tokens(size, answer))));
    var config = ModelConfig.read(wish.base().resolve("config.json"));
    var sizes = sizes(items, tokenizer, config.maxPositionEmbeddings());
    var rate = rate(machine, items);
    sizes.forEach((rung, size) ->
        prompts.add(costs.onMachine(rung, tokens(size, answer), seconds(rate, size, answer))));
    var zero = sizes.get("zero-shot");
    var training = new TrainingCost(totals.tokens(), wish.epochs(), 0, 0);
    var trainingRate = trainingRate(machine, totals);
    var tuned =
        List.of(
            costs.tunedHosted(tunedItem, tokens(zero, answer), training),
            costs.tunedOnMachine(
                "tuned",
                tokens(zero, answer),
                trainingRate.isPresent()
                    ? OptionalDouble.of(training.seconds(trainingRate.getAsDouble()))
                    : OptionalDouble.empty(),
                seconds(rate, zero, answer)));
    var estimate = new Estimate(wish, costs, totals, prompts, tuned, labelling(totals), change);
    var table = new CostTable(estimate);
    if (isJson) {
      shell.out().println(Facts.json(table.values()));
    } else {
      table.lines().forEach(shell.out()::println);
    }
    return ErrorReport.FINE;
  }

  private Totals totals() throws IOException {
    var report = DataCheck.run(wish.base(), wish.rows(), wish.data(), Optional.empty());
    if (report.isRefused()) {
      throw new UsageException(
          wish.data() + ": hone tune would refuse it", "hone data check says why");
    }
    return report.training();
  }

  private static Tokens tokens(Size size, double answer) {
    return new Tokens(size.prefix(), size.rest(), answer);
  }

  /// What each rung asks a model.
  private Map<String, Size> sizes(List<Item> items, Tokenizer tokenizer, int contextTokens)
      throws IOException {
    var counting =
        new PromptSizes(
            Renderers.open(wish.base(), tokenizer, Optional.empty()),
            tokenizer,
            contextTokens,
            LocalModel.answerTokens(wish.base(), items.stream().map(Item::answer).toList()));
    var sizes = new LinkedHashMap<String, Size>();
    sizes.put("zero-shot", counting.of(Prompted::zeroShot, items));
    if (wish.system().isPresent()) {
      var system = wish.system().get();
      sizes.put("system-prompt", counting.of(m -> Prompted.withSystem(m, system), items));
    }
    sizes.put("few-shot", counting.ofExamples(SHOTS, items));
    sizes.put("nearest-shots", counting.of(model -> new NearestShots(model, SHOTS), items));
    if (wish.docs().isPresent()) {
      counting.ofPassages(wish.docs().get(), items).ifPresent(size -> sizes.put("retrieval", size));
    }
    return sizes;
  }

  private static OptionalDouble seconds(Optional<Answering> rate, Size size, double answer) {
    return rate.map(r -> OptionalDouble.of(r.seconds(size.tokens(), answer)))
        .orElse(OptionalDouble.empty());
  }

  /// How long an answer takes.
  private interface Answering {
    double seconds(double promptTokens, double answerTokens);
  }

  private Optional<Answering> rate(Machine machine, List<Item> items) throws IOException {
    var said = prices.secondsPerAnswer();
    if (said.isPresent()) {
      return Optional.of((prompt, answer) -> said.getAsDouble());
    }
    if (!wish.isTimed() || !machine.isLikeThis()) {
      return Optional.empty();
    }
    shell.err().println("timing answers …");
    int room = LocalModel.answerTokens(wish.base(), items.stream().map(Item::answer).toList());
    try (var model = LocalModel.open(wish.base(), Optional.empty(), wish.threads(), room)) {
      AnswerRate rate = model.rate(items.getFirst().asked());
      return Optional.of(rate::seconds);
    }
  }

  /// Tokens a second.
  private OptionalDouble trainingRate(Machine machine, Totals totals) throws IOException {
    if (machine.gpu().isPresent()) {
      var config = ModelConfig.read(wish.base().resolve("config.json"));
      double parameters = BaseWeights.parameters(config).stream().mapToLong(p -> p.size()).sum();
      return OptionalDouble.of(
          TrainingCost.tokensPerSecond(
              machine.gpu().get(),
              parameters,
              config.numLayers(),
              config.hiddenSize(),
              (double) totals.tokens() / totals.rows()));
    }
    if (!wish.isTimed() || !machine.isLikeThis()) {
      return OptionalDouble.empty();
    }
    var scratch = Files.createTempDirectory("hone-cost");
    try (var progress = TuneProgress.on(shell)) {
      return OptionalDouble.of(TuneRun.trialTokensPerSecond(request(scratch), progress));
    } finally {
      try (var files = Files.walk(scratch)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private TuneRequest request(Path scratch) {
    return new TuneRequest(
        wish.base(),
        wish.rows().source(wish.data()),
        Optional.empty(),
        scratch.resolve("run"),
        new Method.Lora(LORA),
        BaseDtype.FLOAT32,
        Hyper.DEFAULT,
        wish.rows().maxLength(),
        wish.rows().trainsOnPrompt(),
        wish.threads(),
        false,
        Optional.empty(),
        Optional.empty());
  }

  private Term labelling(Totals totals) {
    double hours = totals.rows() * wish.labelMinutes() / 60;
    Money price =
        wish.labelPrice().isPresent()
            ? Money.of(wish.labelPrice().getAsDouble())
            : new Money.Unknown("what an hour of labelling costs was not said");
    return new Term(
        "labelling",
        price.times(hours),
        "%s × %s min = %s h × %s"
            .formatted(
                Numbers.count(totals.rows(), "row"),
                Numbers.real(wish.labelMinutes()),
                Numbers.rate(hours),
                price.exact()));
  }
}
