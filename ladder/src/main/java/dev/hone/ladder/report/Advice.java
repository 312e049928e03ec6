package dev.hone.ladder.report;

import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.climb.RungReport;
import dev.hone.ladder.climb.RungReport.State;
import dev.hone.ladder.climb.Verdict.FactsChange;
import dev.hone.ladder.climb.Verdict.GoodEnough;
import dev.hone.ladder.climb.Verdict.NoiseCeiling;
import dev.hone.ladder.climb.Verdict.NoneGoodEnough;
import dev.hone.ladder.climb.Verdict.NotEnoughData;
import dev.hone.ladder.judge.Judge;
import dev.hone.ladder.statistics.Interval;
import dev.hone.ladder.statistics.SampleSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// A climb in words: the verdict, three reasons with numbers, and what would change it.
///
/// @param bills where money is asked for
public record Advice(ClimbReport climb, Optional<Bills> bills) {
  private static final int REASONS = 3;

  private static final Set<String> WITHOUT_MODEL =
      Set.of("nearest-answer", "linear-classifier", "found-sentence");

  /// Below this share of what the rows' own answers score, a score is called low.
  private static final double LOW = 0.7;

  public Advice(ClimbReport climb) {
    this(climb, Optional.empty());
  }

  /// The verdict in a sentence.
  public String verdict() {
    return switch (climb.verdict()) {
      case GoodEnough good -> recommended(climb.rung(good.rung()));
      case NotEnoughData any ->
          "Not enough data: about %,d more rows must be held out to say."
              .formatted(Math.max(1, any.needed() - any.have()));
      case NoiseCeiling noise ->
          "The rows contradict one another: no rung can pass more than %s, and the target is %s."
              .formatted(percent(noise.ceiling()), percent(climb.target().orElse(1)));
      case FactsChange change ->
          "Do not train these facts, they change too fast: %s."
              .formatted(
                  change
                      .instead()
                      .map(rung -> "look them up with " + rung)
                      .orElse("give the documents with --docs"));
      case NoneGoodEnough none ->
          "No rung is good enough: the best, %s, scores %s against a target of %s."
              .formatted(none.best(), percent(none.score()), percent(climb.target().orElse(1)));
    };
  }

  private String recommended(RungReport rung) {
    boolean needsModel = needsModel(rung);
    boolean needsTraining = needsTraining(rung);
    if (isAboveLimit()) {
      return needsTraining
          ? "Fine-tuning is enough: %s.".formatted(rung.name())
          : "%s: %s is enough."
              .formatted(
                  needsModel ? "Nothing needs training" : "You need no language model",
                  rung.name());
    }
    var score = rung.test().map(test -> percent(test.score())).orElse("");
    if (climb.rungs().stream().filter(Advice::isMeasured).count() == 1) {
      return climb.rungs().size() == 1
          ? "Only %s was asked, and scores %s.".formatted(rung.name(), score)
          : "Only %s could be measured (%s); the others failed.".formatted(rung.name(), score);
    }
    if (needsTraining) {
      return "Fine-tune: %s scores %s, and nothing cheaper comes near."
          .formatted(rung.name(), score);
    }
    return "%s here: %s scores %s, as much as the best to within %s."
        .formatted(
            needsModel ? "Training gains nothing" : "A language model gains nothing",
            rung.name(),
            score,
            points(climb.margin()));
  }

  static boolean needsModel(RungReport rung) {
    return !WITHOUT_MODEL.contains(String.valueOf(rung.recipe().get("kind")));
  }

  static boolean needsTraining(RungReport rung) {
    return rung.recipe().containsKey("training");
  }

  /// Whether a rung has reached the target, or what none could be better than.
  private boolean isAboveLimit() {
    return climb.verdict() instanceof GoodEnough good
        && climb.rung(good.rung()).test().isPresent()
        && climb.rung(good.rung()).test().get().score().low()
            > climb.target().orElse(1 - climb.margin());
  }

  /// The rung to take; empty where none is recommended.
  public Optional<RungReport> rung() {
    return switch (climb.verdict()) {
      case GoodEnough good -> Optional.of(climb.rung(good.rung()));
      case FactsChange change -> change.instead().map(climb::rung);
      case NotEnoughData any -> Optional.empty();
      case NoiseCeiling any -> Optional.empty();
      case NoneGoodEnough any -> Optional.empty();
    };
  }

  /// At most three, each with its numbers.
  public List<String> reasons() {
    var reasons = new ArrayList<String>();
    switch (climb.verdict()) {
      case GoodEnough good -> addGoodEnough(good, reasons);
      case NotEnoughData few -> addNotEnough(few, reasons);
      case NoiseCeiling noise -> addNoise(noise, reasons);
      case FactsChange change -> addChange(change, reasons);
      case NoneGoodEnough none ->
          reasons.add(
              "Even the upper end of %s's 95 %% interval, %s, lies below the target."
                  .formatted(none.best(), percent(none.score().high())));
    }
    addFailed(reasons);
    addBounded(reasons);
    addBelow(reasons);
    addOthers(reasons);
    return List.copyOf(reasons.subList(0, Math.min(REASONS, reasons.size())));
  }

  private void addGoodEnough(GoodEnough good, List<String> reasons) {
    var rung = climb.rung(good.rung());
    rung.test()
        .ifPresent(test ->
            reasons.add(
                "On %,d rows that chose nothing it scores %s (%s, 95 %% interval %s to %s)."
                    .formatted(
                        test.items(),
                        percent(test.score()),
                        climb.metric(),
                        percent(test.score().low()),
                        percent(test.score().high()))));
    if (!good.best().equals(good.rung())) {
      reasons.add(
          "The best rung, %s, is better by %s at most (95 %% sure), and %s may be given away."
              .formatted(
                  good.best(), points(Math.max(0, -good.above().low())), points(climb.margin())));
    } else if (isAboveLimit()) {
      boolean isFirst = climb.rungs().stream().anyMatch(any -> any.state() == State.NOT_NEEDED);
      reasons.add(
          "Enough is %s%s."
              .formatted(
                  climb.target().isPresent()
                      ? "your target, " + percent(climb.target().getAsDouble())
                      : "above %s: nothing can be better by more than %s"
                          .formatted(percent(1 - climb.margin()), points(climb.margin())),
                  isFirst ? "; so nothing dearer was tried" : ""));
    }
  }

  private void addNotEnough(NotEnoughData few, List<String> reasons) {
    double variance = 0.2;
    reasons.add(
        "%,d rows are held out; a margin of %s takes about %,d, by how much the rungs' answers differ."
            .formatted(few.have(), points(climb.margin()), few.needed()));
    reasons.add(
        "With %,d rows to confirm on, a difference below %s is usually missed, where rungs differ on one"
                .formatted(
                    few.have() / 2,
                    points(SampleSize.detectable(Math.max(2, few.have() / 2), variance)))
            + " row in five.");
    few.best()
        .ifPresent(best ->
            reasons.add(
                "On the rows that choose, %s scores most so far; its lead is not confirmed."
                    .formatted(best)));
  }

  private static void addNoise(NoiseCeiling noise, List<String> reasons) {
    noise
        .rows()
        .example()
        .ifPresent(pair ->
            reasons.add(
                "%,d of %,d rows ask what another row answers differently, such as lines %,d and %,d."
                    .formatted(
                        noise.rows().contradicted(),
                        noise.rows().rows(),
                        pair.one(),
                        pair.other())));
    reasons.add("Nothing was asked or trained.");
  }

  private void addChange(FactsChange change, List<String> reasons) {
    var trained = climb.rung(change.trained());
    reasons.add(
        "%s scores most here%s, and of what it has learned %s would be out of date on average, trained once a month."
            .formatted(
                trained.name(),
                trained.test().map(test -> " (" + percent(test.score()) + ")").orElse(""),
                percent(change.stale())));
    change
        .instead()
        .map(climb::rung)
        .flatMap(rung ->
            rung.test()
                .or(rung::selection)
                .map(score ->
                    rung.name()
                        + " scores "
                        + percent(score.score())
                        + " and follows a change at once."))
        .ifPresent(reasons::add);
  }

  private static boolean isMeasured(RungReport rung) {
    return rung.state() == State.MEASURED || rung.state() == State.DROPPED;
  }

  private void addFailed(List<String> reasons) {
    var failed =
        climb.rungs().stream()
            .filter(rung -> rung.state() == State.FAILED || rung.state() == State.NOT_MEASURED)
            .toList();
    if (!failed.isEmpty()) {
      var names = String.join(", ", failed.stream().map(RungReport::name).toList());
      var error =
          failed.stream()
              .flatMap(rung -> rung.rows().stream())
              .map(RungReport.Row::error)
              .filter(text -> !text.isEmpty())
              .findFirst()
              .orElse(failed.getFirst().why());
      reasons.add("Not measured: %s (%s).".formatted(names, error));
    }
  }

  private void addBounded(List<String> reasons) {
    for (var rung : climb.rungs()) {
      if (rung.state() == State.BOUNDED) {
        reasons.add("%s was not made: %s.".formatted(rung.name(), rung.why()));
      }
    }
  }

  /// What is near the best need not be good.
  private void addBelow(List<String> reasons) {
    double low = climb.metric().startsWith(Judge.NAME) ? LOW / 2 : LOW; // their own answers tie
    if (rung().isPresent() && !isAboveLimit() && score(rung().get()) < low) {
      reasons.add(
          "That is the best of what was tried, not good in itself: name what you need with"
              + " --target.");
    }
  }

  private void addOthers(List<String> reasons) {
    climb.rungs().stream()
        .filter(rung -> rung.selection().isPresent() && !rung().filter(rung::equals).isPresent())
        .max((a, b) -> Double.compare(score(a), score(b)))
        .ifPresent(rung ->
            reasons.add(
                "Of the others %s comes nearest, with %s on %,d rows."
                    .formatted(rung.name(), percent(score(rung)), rung.selection().get().items())));
    rung().ifPresent(rung -> reasons.add(tokens(rung)));
  }

  /// No times here: the same climb gives the same words.
  private static String tokens(RungReport rung) {
    long tokens = Math.round(rung.promptTokens() + rung.answerTokens());
    return tokens == 0
        ? "An answer takes no token of a model."
        : "An answer takes %,d tokens.".formatted(tokens);
  }

  /// On the rows that choose.
  static double score(RungReport rung) {
    return rung.selection().get().score().estimate();
  }

  /// What would change the verdict.
  public List<String> wouldChange() {
    var changes = new ArrayList<String>();
    if (climb.verdict() instanceof GoodEnough good) {
      var score = climb.rung(good.rung()).test().map(test -> test.score().low());
      score.ifPresent(low ->
          changes.add(
              "A target above %s: this rung is not shown to reach it.".formatted(percent(low))));
      if (!good.best().equals(good.rung())) {
        changes.add(
            "A margin below %s: then %s."
                .formatted(points(Math.max(0, -good.above().low())), good.best()));
      }
    } else if (climb.verdict() instanceof NoiseCeiling) {
      changes.add("Rows that agree: settle what the right answer is, and drop the others.");
      changes.add("A lower --target.");
    } else if (climb.verdict() instanceof FactsChange) {
      changes.add("Documents that change less, or a training each time that they do.");
    } else {
      changes.add("More rows: hone advise again with them; no finished answer is asked again.");
      changes.add("A wider --margin, or a lower --target, if your users would not mind.");
    }
    bills.map(Bills::wouldChange).ifPresent(changes::addAll);
    return List.copyOf(changes);
  }

  private static String percent(Interval score) {
    return percent(score.estimate());
  }

  /// A score as people read it.
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  static String points(double share) {
    return String.format(Locale.ROOT, "%.1f points", 100 * share);
  }
}
