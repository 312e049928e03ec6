package dev.hone.ladder.climb;

import dev.hone.ladder.climb.RungReport.Latency;
import dev.hone.ladder.climb.RungReport.Measured;
import dev.hone.ladder.climb.RungReport.State;
import dev.hone.ladder.climb.Verdict.FactsChange;
import dev.hone.ladder.climb.Verdict.GoodEnough;
import dev.hone.ladder.climb.Verdict.NoiseCeiling;
import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.rung.CallLog;
import dev.hone.ladder.rung.Rung;
import dev.hone.ladder.rung.Solution;
import dev.hone.ladder.statistics.Proportion;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Kind;
import dev.hone.ladder.task.Parts;
import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Builds the rungs, cheapest first, asks them, and decides.
///
/// A rung that reaches the target is the end of it. Without a target, so is one that reaches `1 −
/// margin`: none can be better by more than the margin. What is left of the others is raced on the
/// selection rows and confirmed on the test rows: see [Decision].
public final class Climb implements Closeable {
  private static final double ERROR = 0.05;

  /// Of answers that are out of date: more than this, and facts are looked up.
  private static final double STALE = 0.05;

  private static final double MOST_FAILED = 0.02;

  private final Settings settings;
  private final Parts parts;
  private final ClimbListener listener;
  private final Bench bench;
  private final Growing growing;
  private final Foretelling foretelling;
  private final Map<String, Climbing> climbing = new LinkedHashMap<>();

  /// @param also other measures to show
  /// @param target above which a rung is good enough; empty for near the best
  /// @param margin by which it may be worse than the best
  /// @param growing rungs whose score is also measured with fewer rows to learn from
  /// @param stale share of learned facts that would be out of date, on average; 0 where unknown
  /// @param oracle the model with the right passage before each question, where there is one
  /// @param width questions that are asked at the same time: more than one where a model is hosted,
  ///   since one in this process answers one after the other
  /// @param out for what rungs make, and the log of answers
  public record Settings(
      Kind kind,
      Metric metric,
      List<Metric> also,
      OptionalDouble target,
      double margin,
      Set<String> growing,
      Optional<Rung> oracle,
      double stale,
      long seed,
      int width,
      Path out) {
    double limit() {
      return target.orElse(1 - margin);
    }
  }

  /// A rung on its way.
  private static final class Climbing {
    private final Rung rung;
    private State state = State.NOT_NEEDED;
    private String why = "a cheaper rung is good enough";
    private Optional<Solution> solution = Optional.empty();
    private Optional<Asked> selection = Optional.empty();
    private Optional<Asked> test = Optional.empty();
    private double buildSeconds;

    Climbing(Rung rung) {
      this.rung = rung;
    }

    void stop(State at, String reason) {
      state = at;
      why = reason;
    }

    boolean isRunning() {
      return state == State.MEASURED;
    }

    boolean isAsked() {
      return selection.filter(asked -> !asked.calls().isEmpty()).isPresent();
    }
  }

  private Climb(List<Rung> rungs, Bench bench) {
    this.settings = bench.settings();
    this.parts = bench.parts();
    this.listener = bench.listener();
    this.bench = bench;
    this.growing = new Growing(bench);
    this.foretelling = new Foretelling(bench, growing);
    rungs.forEach(rung -> climbing.put(rung.name(), new Climbing(rung)));
  }

  /// Climbs.
  ///
  /// @param rungs cheapest first
  public static ClimbReport run(
      List<Rung> rungs, Parts parts, Settings settings, ClimbListener listener) throws IOException {
    Files.createDirectories(settings.out());
    var train = parts.train().stream().map(Item::json).collect(Collectors.joining("\n", "", "\n"));
    AtomicFile.write(settings.out().resolve("train.jsonl"), train);
    try (var log = CallLog.open(settings.out().resolve("calls.jsonl"));
        var climb = new Climb(rungs, new Bench(settings, parts, log, listener))) {
      return climb.run();
    }
  }

  private ClimbReport run() throws IOException {
    long start = System.nanoTime();
    var verdict = climb();
    var growth = growth();
    var errors = errors();
    var rungs = new ArrayList<RungReport>();
    int calls = 0;
    int fresh = 0;
    for (var rung : climbing.values()) {
      rungs.add(report(rung));
      calls += count(rung.selection, false) + count(rung.test, false);
      fresh += count(rung.selection, true) + count(rung.test, true);
    }
    return new ClimbReport(
        settings.kind(),
        settings.metric().name(),
        settings.target(),
        settings.margin(),
        settings.seed(),
        parts,
        rungs,
        verdict,
        growth,
        foretelling.all(),
        errors,
        calls,
        fresh,
        (System.nanoTime() - start) / 1e9);
  }

  private static int count(Optional<Asked> asked, boolean isFresh) {
    return asked.map(answers -> isFresh ? answers.fresh() : answers.calls().size()).orElse(0);
  }

  private Verdict climb() throws IOException {
    var noise = noiseCeiling();
    if (noise.isPresent()) {
      return noise.get();
    }
    return afterChange(climbRungs());
  }

  /// Whether the rows' own contradictions keep every rung below the target, 95 % sure.
  private Optional<Verdict> noiseCeiling() {
    var noise = parts.contradictions();
    var ceiling = Proportion.wilson(noise.rows() - noise.lost(), noise.rows(), ERROR);
    boolean isBelow = noise.lost() > 0 && ceiling.high() < settings.target().orElse(0);
    return isBelow && settings.metric().isPassFail()
        ? Optional.of(new NoiseCeiling(ceiling, noise))
        : Optional.empty();
  }

  /// Facts that change are looked up, not learned.
  private Verdict afterChange(Verdict verdict) {
    if (verdict instanceof GoodEnough good && settings.stale() > STALE) {
      var rung = climbing.get(good.rung());
      if (rung.rung.isTrained() && !looksUp(rung)) {
        return new FactsChange(good.rung(), settings.stale(), bestLookingUp());
      }
    }
    return verdict;
  }

  private static boolean looksUp(Climbing rung) {
    return rung.solution.map(solution -> solution.recipe().containsKey("index")).orElse(false);
  }

  private Optional<String> bestLookingUp() {
    return climbing.values().stream()
        .filter(rung -> looksUp(rung) && rung.isAsked())
        .max(Comparator.comparingDouble(rung -> rung.selection.get().value()))
        .map(rung -> rung.rung.name());
  }

  private Verdict climbRungs() throws IOException {
    for (var rung : climbing.values()) {
      if (!isBounded(rung)) {
        build(rung);
      }
      if (rung.isRunning() && isEnough(rung)) {
        dropFailing();
        var confirmed = test(rung);
        var score = confirmed.first(confirmed.calls().size()).interval(2 * ERROR);
        return new GoodEnough(rung.rung.name(), rung.rung.name(), score);
      }
    }
    return settings.target().isPresent() ? belowTarget() : nearBest();
  }

  /// Whether a rung cannot reach the target, as far as can be foretold: then it is not made.
  private boolean isBounded(Climbing rung) throws IOException {
    for (var forecast : foretelling.of(rung.rung)) {
      if (settings.target().isPresent()
          && forecast.score().high() < settings.target().getAsDouble()) {
        rung.stop(
            State.BOUNDED,
            "foretold from %s: %.1f %% at most"
                .formatted(forecast.basis(), 100 * forecast.score().high()));
        return true;
      }
    }
    return false;
  }

  private void build(Climbing rung) throws IOException {
    long start = System.nanoTime();
    try {
      var solution = bench.build(rung.rung);
      rung.solution = Optional.of(solution);
      rung.selection = Optional.of(bench.asked(rung.rung.name(), solution, parts.selection()));
      rung.stop(State.MEASURED, "");
    } catch (UsageException e) {
      rung.stop(State.FAILED, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      listener.note("%s: %s".formatted(rung.rung.name(), e.getMessage()));
    }
    rung.buildSeconds = (System.nanoTime() - start) / 1e9;
  }

  private Asked test(Climbing rung) {
    if (rung.test.isEmpty()) {
      rung.test =
          Optional.of(bench.asked(rung.rung.name(), rung.solution.orElseThrow(), parts.test()));
    }
    return rung.test.get();
  }

  /// Whether the rung reaches what ends the climb. Where some of the few rows that this took have
  /// failed, all rows say whether that is too many.
  private boolean isEnough(Climbing rung) throws IOException {
    var limit = new AboveLimit(settings.limit(), climbing.size());
    var selection = rung.selection.orElseThrow();
    boolean holds =
        limit.holds(
            selection::first,
            parts.selection().size(),
            rows -> test(rung).first(rows),
            parts.test().size());
    if (holds && isFailing(rung)) {
      selection.first(parts.selection().size());
      test(rung).first(parts.test().size());
    }
    return holds && !isFailing(rung);
  }

  private List<String> running() {
    return climbing.values().stream()
        .filter(Climbing::isRunning)
        .map(rung -> rung.rung.name())
        .toList();
  }

  private Verdict nearBest() throws IOException {
    var race = race(running());
    var verdict =
        new Decision(settings.margin())
            .nearBest(
                running(),
                race.scores(),
                parts.test().size(),
                rung -> test(climbing.get(rung)).first(parts.test().size()));
    boolean hasFailed = running().stream().anyMatch(rung -> isFailing(climbing.get(rung)));
    dropFailing();
    return hasFailed ? nearBest() : verdict;
  }

  /// @param rungs those that are running
  private Race.Result race(List<String> rungs) throws IOException {
    if (rungs.isEmpty()) {
      throw nothingMeasured();
    }
    var race =
        Race.run(
            rungs,
            parts.selection().size(),
            settings.margin(),
            (rung, items) -> climbing.get(rung).selection.orElseThrow().first(items));
    dropFailing();
    if (!running().equals(rungs)) {
      return race(running()); // what fails drives no other out
    }
    for (var name : rungs) {
      if (!race.survivors().contains(name)) {
        climbing.get(name).stop(State.DROPPED, "can no longer come near the best");
      }
    }
    return race;
  }

  private UsageException nothingMeasured() {
    var failure =
        climbing.values().stream()
            .flatMap(rung -> rung.selection.stream())
            .flatMap(asked -> asked.failures().stream())
            .findFirst();
    return failure
        .map(why ->
            new UsageException(
                "no rung could be measured: " + why, "calls.jsonl in the report has each failure"))
        .orElse(new UsageException("no rung could be made", "the reasons stand above"));
  }

  private void dropFailing() {
    for (var rung : climbing.values()) {
      boolean isAsked = rung.isRunning() || rung.state == State.DROPPED;
      if (isAsked && isFailing(rung)) {
        rung.stop(State.NOT_MEASURED, "more than 2 % of its answers failed, or of their measuring");
      }
    }
  }

  private static boolean isFailing(Climbing rung) {
    return Stream.of(rung.selection, rung.test)
        .flatMap(Optional::stream)
        .anyMatch(asked -> asked.failedShare() > MOST_FAILED);
  }

  private Verdict belowTarget() throws IOException {
    var scores = race(running()).scores();
    var best =
        running().stream()
            .max(Comparator.comparingDouble(name -> scores.get(name).value()))
            .orElseThrow();
    var test = test(climbing.get(best)).first(parts.test().size());
    if (isFailing(climbing.get(best))) {
      dropFailing();
      return belowTarget();
    }
    return new Decision(settings.margin()).belowTarget(best, test, settings.target().orElseThrow());
  }

  /// Learning curves of the rungs that were made.
  private List<Growth> growth() throws IOException {
    var growth = new ArrayList<Growth>();
    for (var rung : climbing.values()) {
      if (rung.solution.isPresent() && growing.isWanted(rung.rung)) {
        growth.add(growing.growth(rung.rung, rung.selection.orElseThrow()));
      }
    }
    return growth;
  }

  private Optional<ErrorSplit> errors() throws IOException {
    var plain = Optional.ofNullable(climbing.get("zero-shot")).flatMap(rung -> rung.selection);
    var inForm = Optional.ofNullable(climbing.get("constrained")).flatMap(rung -> rung.selection);
    boolean isOfErrors = settings.metric().scoreOfReference() == 1;
    return plain.isPresent() && isOfErrors
        ? foretelling.split(plain.get(), inForm)
        : Optional.empty();
  }

  private RungReport report(Climbing rung) throws IOException {
    var rows = new ArrayList<RungReport.Row>();
    var calls = new ArrayList<CallLog.Call>();
    for (var part : List.of("selection", "test")) {
      var asked = part.equals("test") ? rung.test : rung.selection;
      if (asked.isPresent()) {
        rows.addAll(asked.get().rows(part));
        calls.addAll(asked.get().calls());
      }
    }
    return new RungReport(
        rung.rung.name(),
        rung.rung.description(),
        rung.state,
        rung.why,
        measured(rung.selection),
        measured(rung.test),
        also(rung),
        latency(calls),
        calls.stream().mapToInt(call -> call.reply().promptTokens()).average().orElse(0),
        calls.stream().mapToInt(call -> call.reply().answerTokens()).average().orElse(0),
        (int) calls.stream().filter(call -> call.reply().isCut()).count(),
        Math.max(rung.buildSeconds, trainingSeconds(rung)),
        rung.solution.map(Solution::recipe).orElse(Map.of()),
        rows);
  }

  /// Of the test rows where those were asked, else of the selection rows.
  private Map<String, Double> also(Climbing rung) {
    var values = new LinkedHashMap<String, Double>();
    var asked = rung.test.or(() -> rung.selection).filter(any -> !any.calls().isEmpty());
    for (var metric : settings.also()) {
      boolean isOther = !metric.name().equals(settings.metric().name());
      if (isOther && asked.isPresent()) {
        try {
          values.put(metric.name(), asked.get().also(metric));
        } catch (UsageException e) {
          continue; // it does not know these texts: it is not shown
        }
      }
    }
    asked.ifPresent(any -> values.putAll(new TreeMap<>(any.citations())));
    return values;
  }

  /// What an earlier run has spent on training.
  private static double trainingSeconds(Climbing rung) {
    var training = rung.solution.map(solution -> solution.recipe().get("training"));
    return training.orElse(Map.of()) instanceof Map<?, ?> summary
            && summary.get("wall_seconds") instanceof Number seconds
        ? seconds.doubleValue()
        : 0;
  }

  private static Optional<Measured> measured(Optional<Asked> asked) throws IOException {
    int rows = asked.map(answers -> answers.calls().size()).orElse(0);
    return rows < 2
        ? Optional.empty()
        : Optional.of(new Measured(rows, asked.get().first(rows).interval(ERROR)));
  }

  private static Latency latency(List<CallLog.Call> calls) {
    var millis = calls.stream().map(call -> call.reply().millis()).sorted().toList();
    return millis.isEmpty()
        ? new Latency(0, 0)
        : new Latency(millis.get(millis.size() / 2), millis.get((int) (millis.size() * 0.95)));
  }

  @Override
  public void close() throws IOException {
    growing.close();
    foretelling.close();
    for (var rung : climbing.values()) {
      if (rung.solution.isPresent()) {
        rung.solution.get().close();
      }
    }
  }
}
