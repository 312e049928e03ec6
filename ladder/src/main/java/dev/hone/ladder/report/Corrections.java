package dev.hone.ladder.report;

import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.climb.RungReport;
import dev.hone.ladder.judge.Judge;
import dev.hone.ladder.judge.Label;
import dev.hone.ladder.judge.Pair;
import dev.hone.ladder.report.JudgeReport.Corrected;
import dev.hone.ladder.statistics.PredictionPowered;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Scores of a judge, corrected by where people say otherwise.
///
/// A label counts where one of its answers is the row's own, the other being somebody's. Labels of
/// a rung's own answers are what the theory asks for; where those are too few, labels of any rung's
/// answers stand in for them.
///
/// @param errors what people say minus what the judge says, of answers against the rows' own
record Corrections(List<Labelled> errors, JudgedRows judged) {
  private static final double ERROR = 0.05;

  /// @param pair the row's own answer, then the one that was judged
  record Labelled(Pair pair, double error) {}

  static Corrections of(ClimbReport climb, JudgedRows judged, List<Label> labels) {
    if (labels.isEmpty()) {
      return new Corrections(List.of(), judged);
    }
    var parts = climb.parts();
    var own = new HashMap<String, Set<String>>();
    Stream.of(parts.train(), parts.selection(), parts.test())
        .flatMap(List::stream)
        .forEach(item ->
            Judge.questions(item.reference())
                .forEach(asked ->
                    own.computeIfAbsent(asked, any -> new HashSet<>()).add(item.answer())));
    var errors = new ArrayList<Labelled>();
    for (var label : labels) {
      var answers = own.getOrDefault(label.pair().question(), Set.of());
      boolean isFirst = answers.contains(label.pair().a());
      if (isFirst || answers.contains(label.pair().b())) {
        var against = isFirst ? label : label.swapped();
        var ruling = judged.judge().rule(against.pair());
        if (ruling.isAsked()) {
          errors.add(new Labelled(against.pair(), against.better().scoreOfB() - ruling.score()));
        }
      }
    }
    return new Corrections(errors, judged);
  }

  /// The rung's score as people would have it; empty where they have labelled too little.
  ///
  /// @param share of its rows that it took the judge to say
  Optional<Corrected> of(RungReport rung, double share) {
    if (errors.isEmpty()) {
      return Optional.empty();
    }
    var answers = rung.rows().stream().map(judged::pair).collect(Collectors.toSet());
    var own = errors.stream().filter(error -> answers.contains(error.pair())).toList();
    boolean isOwn = own.size() >= JudgeReport.LEAST_LABELS;
    var used = isOwn ? own : errors;
    var rows = JudgeReport.rows(rung);
    var clusters = rows.stream().map(row -> judged.items().get(row.line()).group()).toList();
    if (used.size() < JudgeReport.LEAST_LABELS || clusters.stream().distinct().count() < 2) {
      return Optional.empty();
    }
    var score =
        PredictionPowered.of(
            rows.stream().mapToDouble(RungReport.Row::score).toArray(),
            clusters,
            used.stream().mapToDouble(Labelled::error).toArray(),
            share,
            ERROR);
    return Optional.of(new Corrected(score, used.size(), isOwn));
  }
}
