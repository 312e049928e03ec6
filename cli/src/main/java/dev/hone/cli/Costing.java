package dev.hone.cli;

import dev.hone.ladder.cost.Costs;
import dev.hone.ladder.cost.Gpu;
import dev.hone.ladder.cost.ItemKind;
import dev.hone.ladder.cost.Machine;
import dev.hone.ladder.cost.Money;
import dev.hone.ladder.cost.Price;
import dev.hone.ladder.cost.Term;
import dev.hone.ladder.cost.Tokens;
import dev.hone.ladder.cost.TrainingCost;
import dev.hone.ladder.cost.Way;
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
import dev.hone.model.checkpoint.AtomicDirectory;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.text.ChatRenderer;
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
      Needs needs,
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
    wish.docs()
        .filter(dir -> !Files.exists(dir))
        .ifPresent(dir -> {
          throw new UsageException(
              dir + ": no such directory", "give the folder of your documents");
        });
    var table = new CostTable(estimate());
    if (isJson) {
      shell.out().println(Facts.json(table.values()));
    } else {
      table.lines().forEach(shell.out()::println);
    }
    return ErrorReport.FINE;
  }

  private Estimate estimate() throws IOException {
    var book = prices.book();
    var tuned = book.find(wish.tuned(), kind -> kind == ItemKind.TUNED);
    var change =
        wish.docs().isPresent()
            ? Change.of(wish.docs().get(), Instant.now())
            : Optional.<Change>empty();
    double trainings =
        Math.max(wish.trainingsPerMonth(), change.map(c -> c.trainingsPerMonth(STALE)).orElse(0.0));
    var costs =
        new Costs(
            book, prices.requestsPerDay(), prices.hosted(book), prices.machine(book), trainings);
    var totals = totals();
    refuseWithoutTools(costs.hosted(), tuned);
    var items = Items.read(wish.rows().source(wish.data()), Optional.empty());
    var config = ModelConfig.read(wish.base().resolve("config.json"));
    var hosted = tokens(items, HOSTED_CONTEXT);
    var own = tokens(items, config.maxPositionEmbeddings());
    var rate = rate(costs.machine(), items);
    var prompts = new ArrayList<Way>();
    if (!wish.needs().isTools()) {
      prompts.add(costs.inApplication("no-model"));
    }
    hosted.forEach((rung, tokens) -> prompts.add(costs.hosted(rung, tokens)));
    own.forEach(
        (rung, tokens) -> prompts.add(costs.onMachine(rung, tokens, seconds(rate, tokens))));
    var zero = own.get("zero-shot");
    var training = new TrainingCost(totals.tokens(), wish.epochs(), 0, 0);
    var onMachine =
        costs.tunedOnMachine(
            "tuned",
            zero,
            trainingSeconds(costs.machine(), training, totals, config),
            seconds(rate, zero));
    return new Estimate(
        wish,
        costs,
        totals,
        prompts,
        List.of(costs.tunedHosted(tuned, zero, training), onMachine),
        labelling(totals),
        change);
  }

  private void refuseWithoutTools(Price hosted, Price tuned) throws IOException {
    var needs = wish.needs();
    needs.refuseItem(hosted);
    needs.refuseItem(tuned);
    if (needs.isTools() && !Renderers.showsTools(renderer(Tokenizer.ofModel(wish.base())))) {
      throw Needs.withoutTools(wish.base().toString(), Needs.LEFT_OUT);
    }
  }

  private ChatRenderer renderer(Tokenizer tokenizer) throws IOException {
    return Renderers.open(wish.base(), tokenizer, Optional.empty());
  }

  private Totals totals() throws IOException {
    var report = DataCheck.run(wish.base(), wish.rows(), wish.data(), Optional.empty());
    if (report.isRefused()) {
      throw new UsageException(
          wish.data() + ": hone tune would refuse it", "hone data check says why");
    }
    return report.training();
  }

  /// What an answer takes on each rung.
  private Map<String, Tokens> tokens(List<Item> items, int contextTokens) throws IOException {
    var tokenizer = Tokenizer.ofModel(wish.base());
    double answer =
        items.stream().mapToInt(item -> tokenizer.encode(item.answer()).length).average().orElse(0);
    var counting =
        new PromptSizes(renderer(tokenizer), tokenizer, contextTokens, answerTokens(items));
    var tokens = new LinkedHashMap<String, Tokens>();
    sizes(counting, items)
        .forEach((rung, size) -> tokens.put(rung, new Tokens(size.prefix(), size.rest(), answer)));
    return tokens;
  }

  private int answerTokens(List<Item> items) throws IOException {
    return LocalModel.answerTokens(wish.base(), items.stream().map(Item::answer).toList());
  }

  private Map<String, Size> sizes(PromptSizes counting, List<Item> items) throws IOException {
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

  private static OptionalDouble seconds(Optional<Answering> rate, Tokens tokens) {
    return rate.map(r -> OptionalDouble.of(r.seconds(tokens.prompt(), tokens.output())))
        .orElse(OptionalDouble.empty());
  }

  /// How long an answer takes.
  private interface Answering {
    double seconds(double promptTokens, double answerTokens);
  }

  /// Empty where it is not known, and where no row's prompt has room.
  private Optional<Answering> rate(Machine machine, List<Item> items) throws IOException {
    var said = prices.secondsPerAnswer();
    if (said.isPresent()) {
      return Optional.of((prompt, answer) -> said.getAsDouble());
    }
    if (!wish.isTimed() || !machine.isLikeThis()) {
      return Optional.empty();
    }
    shell.err().println("timing answers …");
    int room = answerTokens(items);
    try (var model = LocalModel.open(wish.base(), Optional.empty(), wish.threads(), room)) {
      return items.stream()
          .map(Item::asked)
          .filter(model::fits)
          .findFirst()
          .map(asked -> model.rate(asked)::seconds);
    }
  }

  private OptionalDouble trainingSeconds(
      Machine machine, TrainingCost training, Totals totals, ModelConfig config)
      throws IOException {
    var rate =
        machine.gpu().isPresent()
            ? OptionalDouble.of(peakRate(machine.gpu().get(), totals, config))
            : timedRate(machine);
    return rate.isPresent()
        ? OptionalDouble.of(training.seconds(rate.getAsDouble()))
        : OptionalDouble.empty();
  }

  private static double peakRate(Gpu gpu, Totals totals, ModelConfig config) {
    return TrainingCost.tokensPerSecond(
        gpu,
        BaseWeights.parameters(config).stream().mapToLong(p -> p.size()).sum(),
        config.numLayers(),
        config.hiddenSize(),
        (double) totals.tokens() / totals.rows());
  }

  /// Tokens a second of trial passes; empty where they would say nothing of the machine.
  private OptionalDouble timedRate(Machine machine) throws IOException {
    if (!wish.isTimed() || !machine.isLikeThis()) {
      return OptionalDouble.empty();
    }
    var scratch = Files.createTempDirectory("hone-cost");
    try (var progress = TuneProgress.on(shell)) {
      return OptionalDouble.of(TuneRun.trialTokensPerSecond(request(scratch), progress));
    } finally {
      AtomicDirectory.deleteTree(scratch);
    }
  }

  private TuneRequest request(Path scratch) throws IOException {
    return new TuneRequest(
        wish.base(),
        wish.rows().source(wish.data()),
        Optional.empty(),
        scratch.resolve("run"),
        new Method.Lora(LORA),
        BaseDtype.of(wish.base()),
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
