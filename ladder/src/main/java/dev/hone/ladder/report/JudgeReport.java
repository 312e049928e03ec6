package dev.hone.ladder.report;

import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.climb.RungReport;
import dev.hone.ladder.judge.Agreement;
import dev.hone.ladder.judge.Judge;
import dev.hone.ladder.judge.Label;
import dev.hone.ladder.judge.Ruling;
import dev.hone.ladder.report.Signals.Signal;
import dev.hone.ladder.statistics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// What a judge has said of each rung's answers, and how far it is to be trusted.
///
/// @param judge its name
/// @param agreement with people; empty where nobody has labelled anything
/// @param rungs those that were asked
public record JudgeReport(String judge, Optional<Agreement> agreement, List<OfRung> rungs) {
  /// With fewer labels nothing is said of a judge.
  public static final int LEAST_LABELS = 50;

  private static final double MANY_FLIPS = 0.2;
  private static final double LONG = 1.5;

  /// Of the rows that confirm where those were asked, else of those that choose.
  ///
  /// @param judged rows that it took the judge to say, since the answer is neither empty nor the
  ///   row's own
  /// @param flipped of these, the share whose verdict changed with the order
  /// @param failed rows without a verdict, which count as lost
  /// @param length of the answers, as a multiple of the rows' own
  /// @param corrected the score as people would have it, where they have labelled enough
  public record OfRung(
      String rung,
      int rows,
      int judged,
      int won,
      int tied,
      int lost,
      int failed,
      double flipped,
      double length,
      Optional<Corrected> corrected) {}

  /// A score, corrected by labels.
  ///
  /// @param score with its 95 % interval
  /// @param isOwn whether the labels are of this rung's answers; else they are of any rung's, and
  ///   it holds if the judge errs on this one's as on theirs
  public record Corrected(Interval score, int labels, boolean isOwn) {}

  /// @param labels of people, maybe none
  public static JudgeReport of(ClimbReport climb, Judge judge, List<Label> labels) {
    var judged = JudgedRows.of(climb, judge);
    var corrections = Corrections.of(climb, judged, labels);
    return new JudgeReport(
        judge.name(),
        labels.isEmpty() ? Optional.empty() : Optional.of(Agreement.of(judge, labels)),
        climb.rungs().stream()
            .filter(rung -> rung.rows().size() > 1)
            .map(rung -> ofRung(rung, judged, corrections))
            .toList());
  }

  private static OfRung ofRung(RungReport rung, JudgedRows judged, Corrections corrections) {
    var rows = rows(rung);
    var asked =
        rows.stream().flatMap(row -> judged.ruling(row).stream()).filter(Ruling::isAsked).toList();
    double said = rows.stream().mapToInt(row -> row.answer().length()).sum();
    double own = rows.stream().mapToInt(row -> row.expected().length()).sum();
    return new OfRung(
        rung.name(),
        rows.size(),
        asked.size(),
        count(rows, row -> row.score() > 0.5),
        count(rows, row -> row.score() == 0.5),
        count(rows, row -> row.score() < 0.5),
        count(rows, row -> !row.error().isEmpty()),
        asked.stream().mapToDouble(Ruling::flipped).average().orElse(0),
        said / Math.max(1, own),
        corrections.of(rung, (double) asked.size() / rows.size()));
  }

  private static int count(List<RungReport.Row> rows, Predicate<RungReport.Row> which) {
    return (int) rows.stream().filter(which).count();
  }

  /// Those that confirm, or else those that choose.
  static List<RungReport.Row> rows(RungReport rung) {
    var test = rung.rows().stream().filter(row -> row.part().equals("test")).toList();
    return test.size() < 2 ? rung.rows() : test;
  }

  /// Whether people have labelled enough to say how good the judge is.
  public boolean isChecked() {
    return agreement.filter(with -> with.labels() >= LEAST_LABELS).isPresent();
  }

  /// What speaks for the judge or against it.
  public List<Signal> signals() {
    var signals = new ArrayList<Signal>();
    signals.add(new Signal("judge", words(), !isChecked()));
    for (var rung : rungs) {
      if (rung.flipped() > MANY_FLIPS) {
        signals.add(
            new Signal(
                "judge",
                "of %s's answers it judged %s otherwise when they stood in the other order; these"
                        .formatted(rung.rung(), Advice.percent(rung.flipped()))
                    + " count as ties",
                true));
      }
      if (rung.length() > LONG && rung.won() > rung.lost()) {
        signals.add(
            new Signal(
                "judge",
                "%s's answers win, and are %.1f times as long as the rows' own: judges like length"
                    .formatted(rung.rung(), rung.length()),
                true));
      }
    }
    return signals;
  }

  /// How far it is to be trusted.
  public String words() {
    int labels = agreement.map(Agreement::labels).orElse(0);
    if (!isChecked()) {
      return "judge not checked: people have labelled %,d pairs, and it takes %d (fill in"
              .formatted(labels, LEAST_LABELS)
          + " to-label.jsonl, and name it with --judge-labels)";
    }
    var kappa = agreement.orElseThrow().kappa();
    return "it agrees with people on %s of %,d labels%s"
        .formatted(
            Advice.percent(agreement.orElseThrow().share()),
            labels,
            kappa.isPresent() ? ", Cohen's kappa %.2f".formatted(kappa.getAsDouble()) : "");
  }

  /// For `report.json`.
  public Map<String, Object> values() {
    var json = new LinkedHashMap<String, Object>();
    json.put("judge", judge);
    json.put("words", words());
    json.put("is_checked", isChecked());
    agreement.ifPresent(with -> {
      json.put("labels", with.labels());
      json.put("agreement", with.share());
      with.kappa().ifPresent(kappa -> json.put("kappa", kappa));
    });
    json.put("rungs", rungs.stream().map(JudgeReport::values).toList());
    return json;
  }

  private static Map<String, Object> values(OfRung rung) {
    var json = new LinkedHashMap<String, Object>();
    json.put("rung", rung.rung());
    json.put("rows", rung.rows());
    json.put("judged", rung.judged());
    json.put("won", rung.won());
    json.put("tied", rung.tied());
    json.put("lost", rung.lost());
    json.put("failed", rung.failed());
    json.put("flip_rate", rung.flipped());
    json.put("length_ratio", rung.length());
    rung.corrected()
        .ifPresent(by -> {
          var corrected = ReportJson.interval(by.score());
          corrected.put("labels", by.labels());
          corrected.put("labels_are_of_this_rung", by.isOwn());
          json.put("corrected", corrected);
        });
    return json;
  }
}
