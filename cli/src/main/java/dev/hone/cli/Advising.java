package dev.hone.cli;

import dev.hone.base.Embedded;
import dev.hone.hosted.Budget;
import dev.hone.hosted.HostedName;
import dev.hone.hosted.HostedTuned;
import dev.hone.hosted.Patience;
import dev.hone.hosted.StoppedException;
import dev.hone.hosted.Tuning;
import dev.hone.ladder.climb.Climb;
import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.climb.Verdict.FactsChange;
import dev.hone.ladder.climb.Verdict.GoodEnough;
import dev.hone.ladder.climb.Verdict.NoiseCeiling;
import dev.hone.ladder.climb.Verdict.NoneGoodEnough;
import dev.hone.ladder.climb.Verdict.NotEnoughData;
import dev.hone.ladder.cost.Costs;
import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.report.Bills;
import dev.hone.ladder.report.JudgeReport;
import dev.hone.ladder.report.ReportJson;
import dev.hone.ladder.report.Signals;
import dev.hone.ladder.rung.ChatModel;
import dev.hone.ladder.rung.FewShot;
import dev.hone.ladder.rung.Form;
import dev.hone.ladder.rung.Formed;
import dev.hone.ladder.rung.FoundSentence;
import dev.hone.ladder.rung.LinearClassifier;
import dev.hone.ladder.rung.LocalModel;
import dev.hone.ladder.rung.NearestAnswer;
import dev.hone.ladder.rung.NearestShots;
import dev.hone.ladder.rung.OptimisedPrompt;
import dev.hone.ladder.rung.OracleContext;
import dev.hone.ladder.rung.Prompted;
import dev.hone.ladder.rung.Retrieval;
import dev.hone.ladder.rung.Rung;
import dev.hone.ladder.rung.Training;
import dev.hone.ladder.rung.Tuned;
import dev.hone.ladder.rung.TunedOnPassages;
import dev.hone.ladder.task.Change;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Items;
import dev.hone.ladder.task.Kind;
import dev.hone.ladder.task.Parts;
import dev.hone.model.UsageException;
import dev.hone.model.adapter.LoraConfig;
import dev.hone.model.adapter.Targets;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.embed.OnnxEmbedder;
import dev.hone.tensor.Processor;
import dev.hone.tune.data.Source;
import dev.hone.tune.run.Method;
import dev.hone.tune.run.TuneRequest.Hyper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// Runs `hone advise`.
record Advising(Shell shell, Wish wish, Path out, int threads, boolean isJson) {
  /// What a hosted model has not: its weights are not here.
  private static final Set<String> TRAINED = Set.of("tuned", "tuned-retrieval");

  private static final int NOT_ENOUGH_DATA = 4;
  private static final int NONE_GOOD_ENOUGH = 5;
  private static final int DRAWS = 8;

  /// Evaluations without progress after which a training ends: what comes after them was never
  /// chosen.
  private static final int PATIENCE = 3;

  /// At a job of a provider.
  private static final Duration LONGEST_POLL = Duration.ofSeconds(15);

  private static final int SHOTS = 4;
  private static final int SEARCH = 500;

  /// As `hone tune` has it.
  private static final LoraConfig LORA =
      new LoraConfig(16, 32, Targets.parse(Targets.ALL_LINEAR), 0, false);

  /// What is asked.
  record Wish(
      Source data,
      Optional<Source> valid,
      Optional<Path> docs,
      Optional<ModelName> base,
      Optional<Path> keyFile,
      Spending spending,
      int concurrency,
      boolean isTunedHosted,
      PriceOptions prices,
      Optional<String> system,
      Optional<String> metric,
      JudgeOptions judge,
      OptionalDouble target,
      double margin,
      Optional<String> group,
      Needs needs,
      Optional<Path> schema,
      List<String> without,
      boolean hasCurve,
      OptionalInt epochs,
      List<Integer> ranks,
      long seed) {}

  /// The documents, if any, and what finds things in them, which takes half a second to open.
  private record Lookup(Optional<Path> docs, Optional<Embedder> embedder) implements AutoCloseable {
    static Lookup open(Optional<Path> docs, int threads) {
      return new Lookup(docs, docs.map(any -> OnnxEmbedder.open(threads)));
    }

    void ifPresent(BiConsumer<Path, Embedder> use) {
      docs.ifPresent(dir -> use.accept(dir, embedder.orElseThrow()));
    }

    @Override
    public void close() {
      embedder.ifPresent(Embedder::close);
    }
  }

  int run() throws IOException {
    refuseOtherContent();
    wish.docs()
        .filter(dir -> !Files.exists(dir))
        .ifPresent(dir -> {
          throw new UsageException(
              dir + ": no such directory", "give the folder of your documents");
        });
    var items = Items.read(wish.data(), wish.group());
    var kind = Kind.of(items, wish.docs().isPresent());
    var parts = parts(items);
    var answers = parts.train().stream().map(Item::answer).toList();
    var directory = directory();
    int answerTokens = LocalModel.answerTokens(directory, answers);
    var form = form(kind, parts);
    var change = change();
    var budget = budget();
    var pastJudge = pastJudge(budget);
    var costs = costs(change);
    try (var measure = measure(kind, items, budget);
        var model = open(budget, answerTokens);
        var lookup = Lookup.open(wish.docs(), threads);
        var display = ProgressDisplay.on(shell)) {
      var settings =
          new Climb.Settings(
              kind,
              measure.metric(),
              kind.also(items),
              wish.target(),
              wish.margin(),
              growing(measure.metric()),
              oracle(model.chat(), form, lookup, items),
              change.map(Change::stale).orElse(0.0),
              wish.seed(),
              hosted().isPresent() ? wish.concurrency() : 1,
              out);
      var training =
          new Training(
              directory, new Method.Lora(LORA), hyper(), wish.epochs(), threads, answerTokens);
      var tuned =
          model.local().isPresent()
              ? tuned(training, model.chat(), form, lookup)
              : tunedHosted(budget, form, answerTokens);
      var rungs = rungs(kind, model.chat(), form, lookup, tuned);
      var item = hosted().flatMap(wish.spending()::item);
      wish.needs().refuseModel(name(), model.local(), item);
      var toolless = wish.needs().narrow(rungs);
      var climb = Climb.run(rungs, parts, settings, new ClimbDisplay(display));
      var judged = measure.judged(climb, out);
      var needs = wish.needs().signals(name(), model.local().isPresent(), item, climb, toolless);
      display.close();
      var spent =
          new SpentSoFar(
              hosted().map(HostedName::text),
              budget,
              measure.judge().flatMap(OpenedJudge::budget).or(() -> pastJudge),
              wish.isTunedHosted());
      spent.lines().forEach(shell.err()::println);
      var more = Stream.concat(needs.stream(), spent.signals().stream()).toList();
      return report(climb, costs.map(c -> bills(climb, c)), change, judged, more);
    } catch (StoppedException e) {
      throw new UsageException(e.getMessage(), e.hint(), e);
    }
  }

  /// The rungs that train a model on this machine.
  private List<Rung> tuned(Training training, ChatModel plain, Optional<Form> form, Lookup lookup) {
    var rungs = new ArrayList<Rung>();
    rungs.add(new Tuned(training, wish.ranks(), heldTo(form)));
    lookup.ifPresent((docs, embedder) ->
        rungs.add(new TunedOnPassages(training, held(plain, form), docs, embedder)));
    return rungs;
  }

  /// The rung that is trained at the provider; none where that is not asked for.
  private List<Rung> tunedHosted(Optional<Budget> budget, Optional<Form> form, int answerTokens) {
    if (!wish.isTunedHosted()) {
      return List.of();
    }
    var tuning =
        new Tuning(
            hosted().orElseThrow(),
            System.getenv(),
            wish.keyFile(),
            Patience.USUAL,
            LONGEST_POLL,
            budget.orElseThrow(),
            answerTokens,
            wish.epochs());
    return List.of(new HostedTuned(tuning, heldTo(form)));
  }

  /// What every rung is held to; empty where none is.
  private Optional<Form> heldTo(Optional<Form> form) {
    return form.filter(any -> wish.needs().isForm());
  }

  private ChatModel held(ChatModel plain, Optional<Form> form) {
    return heldTo(form).<ChatModel>map(to -> new Formed(plain, to)).orElse(plain);
  }

  private Optional<HostedName> hosted() {
    return wish.base().isPresent() && wish.base().get() instanceof ModelName.Hosted(var name)
        ? Optional.of(name)
        : Optional.empty();
  }

  /// Of the base. Of one on this machine it is what an earlier run has spent on another, if any.
  private Optional<Budget> budget() throws IOException {
    var file = SpentSoFar.ofBase(out);
    return hosted().isPresent()
        ? Optional.of(wish.spending().open(file, hosted().get(), wish.isTunedHosted()))
        : Files.exists(file)
            ? Optional.of(Budget.past(file, wish.spending().limit()))
            : Optional.empty();
  }

  /// Where no judge is asked, it is what an earlier run has spent on one, if any.
  private Optional<Budget> pastJudge(Optional<Budget> beside) throws IOException {
    var file = SpentSoFar.ofJudge(out);
    if (wish.metric().flatMap(name -> new MetricName(name).judge()).isPresent()
        || !Files.exists(file)) {
      return Optional.empty();
    }
    return Optional.of(
        beside.isPresent() ? beside.get().past(file) : Budget.past(file, wish.spending().limit()));
  }

  /// Empty where no traffic is given.
  private Optional<Costs> costs(Optional<Change> change) {
    var prices = wish.prices();
    if (prices.requestsPerDay().isEmpty()) {
      return Optional.empty();
    }
    var book = wish.spending().book();
    var asked = elsewhere();
    if (asked.isPresent() && prices.namesHosted()) {
      throw new UsageException(
          "--hosted names a model to compare with, and --base %s is priced itself"
              .formatted(name()),
          "leave --hosted out");
    }
    return Optional.of(
        new Costs(
            book,
            prices.requestsPerDay(),
            asked.flatMap(wish.spending()::item).orElseGet(() -> prices.hosted(book)),
            prices.machine(book),
            change.map(c -> c.trainingsPerMonth(Costing.STALE)).orElse(0.0)));
  }

  /// The hosted model that is asked, where somebody charges for it.
  private Optional<HostedName> elsewhere() {
    return hosted().filter(name -> !name.isLocal());
  }

  private Bills bills(ClimbReport climb, Costs costs) {
    var asked =
        elsewhere()
            .map(model ->
                wish.spending().item(model).isPresent()
                    ? new Bills.Asked.Hosted(wish.spending().tunedItem(model))
                    : new Bills.Asked.Unpriced(model.text()))
            .orElseGet(Bills.Asked.Here::new);
    return new Bills(climb, costs, asked, wish.prices().secondsPerAnswer());
  }

  private OpenedModel open(Optional<Budget> budget, int answerTokens) throws IOException {
    return hosted().isPresent()
        ? OpenedModel.hosted(hosted().orElseThrow(), wish.keyFile(), budget.get(), answerTokens)
        : OpenedModel.local(directory(), threads, answerTokens);
  }

  /// The model on this machine; where another one is asked, the embedded one, which counts tokens.
  private Path directory() throws CheckpointException {
    return wish.base().isPresent() && wish.base().get() instanceof ModelName.Local local
        ? local.directory()
        : Embedded.model();
  }

  private String name() {
    return wish.base().isEmpty()
        ? "hone, the embedded one"
        : switch (wish.base().get()) {
          case ModelName.Hosted hosted -> hosted.name().text();
          case ModelName.Local local -> HubBase.typed(local.directory());
        };
  }

  /// The model with the right passage, where documents or the rows have one; held to the task's
  /// form, so that what it mends is not form.
  private static Optional<Rung> oracle(
      ChatModel plain, Optional<Form> form, Lookup lookup, List<Item> items) {
    var model = form.<ChatModel>map(held -> new Formed(plain, held)).orElse(plain);
    boolean hasContexts = items.stream().anyMatch(item -> !item.contexts().isEmpty());
    return lookup.docs().isPresent() || hasContexts
        ? Optional.of(new OracleContext(model, lookup.docs(), lookup.embedder()))
        : Optional.empty();
  }

  private void refuseOtherContent() throws IOException {
    if (Files.exists(out) && !Files.exists(out.resolve("calls.jsonl"))) {
      try (var content = Files.isDirectory(out) ? Files.list(out) : null) {
        if (content == null || content.findAny().isPresent()) {
          throw new UsageException(
              out + ": is no report of hone advise, and not empty", "give a new directory");
        }
      }
    }
  }

  /// @param beside the base's budget, which a judge shares
  private Measure measure(Kind kind, List<Item> items, Optional<Budget> beside) throws IOException {
    var name = wish.metric().map(MetricName::new);
    var judge = name.flatMap(MetricName::judge);
    if (judge.isPresent()) {
      var base = wish.base().orElse(new ModelName.Local(directory()));
      return Measure.of(
          OpenedJudge.open(
              shell, judge.get(), base, wish.judge(), wish.spending(), beside, out, threads));
    }
    return Measure.of(name.isPresent() ? name.get().open(items) : kind.metric());
  }

  private Parts parts(List<Item> items) throws IOException {
    var parts =
        wish.valid().isPresent()
            ? Parts.of(items, Items.read(wish.valid().get(), wish.group()), wish.seed())
            : Parts.of(items, wish.seed());
    if (parts.train().isEmpty() || parts.test().size() < 2) {
      throw new UsageException(
          "%,d rows leave none to learn from, or none to measure on".formatted(items.size()),
          "give more rows");
    }
    if (!parts.leaks().isEmpty()) {
      var first = parts.leaks().getFirst();
      shell
          .err()
          .printf(
              "%,d training rows nearly repeat a held-out one and are left out (line %,d repeats"
                  + " %,d)%n",
              parts.leaks().size(), first.trained(), first.heldOut());
    }
    return parts;
  }

  /// What every answer must be; empty where the answers have no form.
  private Optional<Form> form(Kind kind, Parts parts) throws IOException {
    return wish.schema().isPresent()
        ? Optional.of(Form.of(wish.schema().get()))
        : Form.of(kind, parts.train());
  }

  private List<Rung> rungs(
      Kind kind, ChatModel plain, Optional<Form> form, Lookup lookup, List<Rung> tuned) {
    boolean isHeld = wish.needs().isForm();
    if (isHeld && form.isEmpty()) {
      throw new UsageException(
          "--needs json: the rows' answers are no JSON", "name their schema with --schema");
    }
    var model = held(plain, form);
    var rungs = new ArrayList<Rung>();
    rungs.add(new NearestAnswer());
    if (kind == Kind.CLASSIFICATION) {
      rungs.add(new LinearClassifier());
    }
    lookup.ifPresent((docs, embedder) -> rungs.add(new FoundSentence(docs, embedder)));
    rungs.add(Prompted.zeroShot(model));
    wish.system().ifPresent(text -> rungs.add(Prompted.withSystem(model, text)));
    form.filter(any -> !isHeld)
        .ifPresent(held -> rungs.add(Prompted.constrained(model, held, wish.system())));
    rungs.add(new FewShot(model, DRAWS, SHOTS));
    rungs.add(new NearestShots(model, SHOTS));
    rungs.add(new OptimisedPrompt(model, wish.system(), SHOTS, SEARCH));
    lookup.ifPresent((docs, embedder) -> rungs.add(new Retrieval(model, docs, embedder)));
    rungs.addAll(tuned);
    for (var name : wish.without()) {
      boolean isNeverThere = hosted().isPresent() && TRAINED.contains(name);
      if (!rungs.removeIf(rung -> rung.name().equals(name)) && !isNeverThere) {
        throw new UsageException(
            "--without %s: there is no such rung".formatted(name),
            "the rungs are " + String.join(", ", rungs.stream().map(Rung::name).toList()));
      }
    }
    return rungs;
  }

  /// The step that does best on the selection rows counts.
  private Hyper hyper() {
    var usual = Hyper.DEFAULT;
    return new Hyper(
        usual.learningRate(),
        usual.epochs(),
        usual.batchSize(),
        usual.microBatchTokens(),
        usual.sharesPrefixes(),
        usual.schedule(),
        usual.warmupRatio(),
        usual.weightDecay(),
        usual.beta2(),
        usual.clipNorm(),
        usual.recompute(),
        usual.evalEvery(),
        PATIENCE,
        usual.checkpointEvery(),
        wish.seed());
  }

  /// What needs no training is made with fewer rows in no time, and measured too if that costs
  /// nothing.
  private Set<String> growing(Metric metric) {
    var untrained = Set.of("nearest-answer", "linear-classifier");
    return wish.hasCurve()
        ? Set.of("nearest-answer", "linear-classifier", "tuned")
        : metric.isCheap() ? untrained : Set.of();
  }

  private int report(
      ClimbReport climb,
      Optional<Bills> bills,
      Optional<Change> change,
      Optional<JudgeReport> judged,
      List<Signals.Signal> more)
      throws IOException {
    var values = new ReportJson(climb, bills).values();
    values.put("command", new AdviceCommands(climb, wish.base(), out).words());
    var signals = new ArrayList<>(new Signals(climb, change).all());
    signals.addAll(ends(bills.map(Bills::cautions).orElse(List.of())));
    signals.addAll(more);
    judged.map(JudgeReport::signals).ifPresent(signals::addAll);
    judged.ifPresent(report -> values.put("judge", report.values()));
    values.put("base", name());
    values.put("machine", Processor.fingerprint() + ", " + threads + " threads");
    values.put("signals", signals);
    var json = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(values);
    AtomicFile.write(out.resolve("report.json"), json + "\n");
    for (var rung : climb.rungs()) {
      writeRecipe(rung.name(), rung.recipe());
      if (rung.recipe().get("adapter") instanceof String adapter) {
        LossPlot.write(Path.of(adapter), rung.name());
      }
    }
    AtomicFile.write(out.resolve("report.html"), DrawnPage.of("advice.html", values));
    if (isJson) {
      shell.out().println(json);
    } else {
      new AdviceTable(climb, bills, judged, signals, String.valueOf(values.get("command")), out)
          .print(shell.out());
    }
    return switch (climb.verdict()) {
      case GoodEnough any -> ErrorReport.FINE;
      case FactsChange any -> ErrorReport.FINE;
      case NotEnoughData any -> NOT_ENOUGH_DATA;
      case NoiseCeiling any -> NONE_GOOD_ENOUGH;
      case NoneGoodEnough any -> NONE_GOOD_ENOUGH;
    };
  }

  /// What is known to end of a hosted model: an advice that stands on it must say so.
  ///
  /// @param cautions about prices, which say some of it already
  private List<Signals.Signal> ends(List<String> cautions) {
    var ends = new ArrayList<Signals.Signal>();
    if (hosted().isPresent()) {
      var spending = wish.spending();
      addEnds("the model's end", spending.events(hosted().get()), cautions, ends);
      if (wish.isTunedHosted()) {
        addEnds("the end of tuning", spending.tuningEvents(hosted().get()), cautions, ends);
      }
    }
    return ends;
  }

  private static void addEnds(
      String name, List<String> events, List<String> cautions, List<Signals.Signal> ends) {
    events.stream()
        .filter(event -> !cautions.contains(event))
        .forEach(event -> ends.add(new Signals.Signal(name, event, true)));
  }

  private Optional<Change> change() throws IOException {
    return wish.docs().isPresent() ? Change.of(wish.docs().get(), Instant.now()) : Optional.empty();
  }

  private void writeRecipe(String rung, Map<String, Object> recipe) throws IOException {
    if (!recipe.isEmpty()) {
      var text = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(recipe);
      AtomicFile.write(out.resolve("rungs").resolve(rung).resolve("recipe.json"), text + "\n");
    }
  }
}
