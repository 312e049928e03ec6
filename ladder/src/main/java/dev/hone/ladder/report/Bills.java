package dev.hone.ladder.report;

import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.climb.RungReport;
import dev.hone.ladder.cost.BreakEven;
import dev.hone.ladder.cost.Cautions;
import dev.hone.ladder.cost.Costs;
import dev.hone.ladder.cost.Money;
import dev.hone.ladder.cost.Price;
import dev.hone.ladder.cost.Tokens;
import dev.hone.ladder.cost.TrainingCost;
import dev.hone.ladder.cost.Way;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What the rungs of a climb cost at a user's traffic, from the tokens and times that were
/// measured.
///
/// @param costs with the traffic
/// @param saidSeconds for an answer, where the user says; else as measured, if the machine is taken
///   to be like this one
public record Bills(ClimbReport climb, Costs costs, Asked asked, OptionalDouble saidSeconds) {
  private static final double SECONDS_PER_HOUR = 3_600;

  /// Where the rungs' model was asked.
  public sealed interface Asked {
    /// On this machine.
    record Here() implements Asked {}

    /// At a provider: the hosted model of the costs.
    ///
    /// @param tuned what it takes for tuning the model; empty where the book lacks it
    record Hosted(Optional<Price> tuned) implements Asked {}

    /// At a provider, whose price the book lacks.
    record Unpriced(String model) implements Asked {}
  }

  /// A tuned rung against one without training.
  ///
  /// @param found from which traffic on the tuned one is cheaper
  /// @param gain in score of the tuned one; empty where the other model was not asked
  public record Comparison(Way tuned, Way other, BreakEven found, OptionalDouble gain) {}

  /// Requests a day.
  public double traffic() {
    return costs.requestsPerDay().orElseThrow();
  }

  /// Empty for a rung that was not asked.
  public Optional<Way> way(RungReport rung) {
    if (rung.selection().isEmpty()) {
      return Optional.empty();
    }
    if (!Advice.needsModel(rung)) {
      return Optional.of(costs.inApplication(rung.name()));
    }
    return Optional.of(
        switch (asked) {
          case Asked.Here any -> onMachine(rung);
          case Asked.Hosted(var tuned) ->
              Advice.needsTraining(rung)
                  ? atProvider(rung, tuned)
                  : costs.hosted(rung.name(), tokens(rung));
          case Asked.Unpriced(var model) ->
              Advice.needsTraining(rung)
                  ? costs.tunedUnpriced(rung.name(), model, tokens(rung))
                  : costs.unpriced(rung.name(), model, tokens(rung));
        });
  }

  private Way atProvider(RungReport rung, Optional<Price> tuned) {
    return tuned
        .map(price -> keptUp(rung).tunedHosted(price, tokens(rung), training(rung)))
        .orElseGet(
            () -> costs.tunedUnpriced(rung.name(), costs.hosted().name() + " tuned", tokens(rung)));
  }

  /// Of the tokens that the provider counted; where it did not, of those foretold.
  private static TrainingCost training(RungReport rung) {
    var training = (Map<?, ?>) rung.recipe().get("training");
    double tokens =
        training.get("tokens") instanceof Number counted
            ? counted.doubleValue()
            : ((Number) training.get("estimated_tokens")).doubleValue();
    return new TrainingCost(tokens, 1, 0, 0);
  }

  private Way onMachine(RungReport rung) {
    return Advice.needsTraining(rung)
        ? keptUp(rung)
            .tunedOnMachine(rung.name(), tokens(rung), trainingSeconds(rung), seconds(rung))
        : costs.onMachine(rung.name(), tokens(rung), seconds(rung));
  }

  /// What looks facts up needs no training to follow them.
  private Costs keptUp(RungReport rung) {
    return rung.recipe().containsKey("index") ? costs.withTrainings(0) : costs;
  }

  /// How many of a prompt's tokens all prompts begin with is not known, so none count as cached.
  private static Tokens tokens(RungReport rung) {
    return new Tokens(0, rung.promptTokens(), rung.answerTokens());
  }

  private OptionalDouble seconds(RungReport rung) {
    return saidSeconds.isPresent() || !costs.machine().isLikeThis()
        ? saidSeconds
        : OptionalDouble.of(rung.latency().p50() / 1e3);
  }

  private OptionalDouble trainingSeconds(RungReport rung) {
    return costs.machine().isLikeThis()
            && rung.recipe().get("training") instanceof Map<?, ?> training
            && training.get("wall_seconds") instanceof Number seconds
        ? OptionalDouble.of(seconds.doubleValue())
        : OptionalDouble.empty();
  }

  /// What trainings on the machine cost: by the time that was foretold, and by the time they took.
  List<Foretold.Amount> trainings() {
    var perHour = costs.machine().perHour();
    if (!(asked instanceof Asked.Here)
        || !costs.machine().isLikeThis()
        || perHour.usd().isEmpty()
        || perHour.usd().getAsDouble() == 0) {
      return List.of();
    }
    double usd = perHour.usd().getAsDouble() / SECONDS_PER_HOUR;
    return Foretold.seconds(climb).stream()
        .map(one ->
            new Foretold.Amount(
                one.rung(),
                "that time and the price of an hour",
                one.foretold() * usd,
                one.measured() * usd))
        .toList();
  }

  /// Of all rungs that were asked.
  public List<Way> ways() {
    return climb.rungs().stream().flatMap(rung -> way(rung).stream()).toList();
  }

  /// The tuned rung that scores most, against the best without training; and against the same
  /// prompts to the hosted model, as far as that was not asked.
  public List<Comparison> comparisons() {
    var found = best(Advice::needsTraining);
    if (found.isEmpty()) {
      return List.of();
    }
    var tuned = found.get();
    var way = way(tuned).orElseThrow();
    var all = new ArrayList<Comparison>();
    best(rung -> !Advice.needsTraining(rung))
        .ifPresent(rung -> {
          var other = way(rung).orElseThrow();
          var at = BreakEven.between(way.running(), other.running());
          all.add(new Comparison(way, other, at, OptionalDouble.of(gain(tuned, rung))));
        });
    best(rung -> Advice.needsModel(rung) && !Advice.needsTraining(rung))
        .filter(any -> asked instanceof Asked.Here)
        .ifPresent(rung -> {
          var at = costs.breakEven(way.running(), tokens(rung));
          var other = costs.hosted(rung.name(), tokens(rung));
          all.add(new Comparison(way, other, at, OptionalDouble.empty()));
        });
    return all;
  }

  private Optional<RungReport> best(Predicate<RungReport> kind) {
    return climb.rungs().stream()
        .filter(rung -> rung.selection().isPresent() && kind.test(rung))
        .max(Comparator.comparingDouble(Advice::score));
  }

  /// On the rows that confirm, where both were asked those.
  private static double gain(RungReport one, RungReport other) {
    return one.test().isPresent() && other.test().isPresent()
        ? one.test().get().score().estimate() - other.test().get().score().estimate()
        : Advice.score(one) - Advice.score(other);
  }

  /// How traffic would change what is cheaper: a sentence for each comparison that it would.
  public List<String> wouldChange() {
    return comparisons().stream().flatMap(one -> words(one).stream()).toList();
  }

  private Optional<String> words(Comparison one) {
    var tuned = one.tuned().rung();
    var other = "%s (%s)".formatted(one.other().rung(), one.other().where());
    return switch (one.found()) {
      case BreakEven.Above(var at, var any) ->
          Optional.of(
              traffic() < at
                  ? crossing("above", at, tuned, other)
                  : crossing("below", at, other, tuned));
      case BreakEven.Below(var at) ->
          Optional.of(
              traffic() < at
                  ? crossing("above", at, other, tuned)
                  : crossing("below", at, tuned, other));
      case BreakEven.Always any -> Optional.empty();
      case BreakEven.Never any -> never(one, other);
      case BreakEven.Unknown(var why) ->
          Optional.of("Whether %s is cheaper than %s is unknown: %s.".formatted(tuned, other, why));
    };
  }

  private static String crossing(String side, double at, String cheaper, String dearer) {
    return String.format(
        Locale.ROOT,
        "Traffic %s %,.0f requests a day: there %s is cheaper than %s.",
        side,
        at,
        cheaper,
        dearer);
  }

  /// Empty where the tuned one costs the same, or is no better either.
  private Optional<String> never(Comparison one, String other) {
    var more =
        one.tuned()
            .running()
            .month(traffic())
            .plus(one.other().running().month(traffic()).times(-1));
    if (!(more instanceof Money.Known(double usd)) || usd <= 0 || one.gain().orElse(1) <= 0) {
      return Optional.empty();
    }
    var better =
        one.gain().isPresent()
            ? "scores %s more than %s, but never pays"
                .formatted(Advice.points(one.gain().getAsDouble()), other)
            : "is never cheaper than %s".formatted(other);
    return Optional.of(
        String.format(
            Locale.ROOT,
            "No amount of traffic: %s %s, %s more a month at %,.0f requests a day.",
            one.tuned().rung(),
            better,
            more.words(),
            traffic()));
  }

  private Stream<Way> all() {
    return Stream.concat(ways().stream(), comparisons().stream().map(Comparison::other));
  }

  /// That all this stands on.
  public List<Price> prices() {
    return all().flatMap(way -> way.prices().stream()).distinct().toList();
  }

  public List<String> cautions() {
    return Cautions.of(costs.book(), all().toList());
  }
}
