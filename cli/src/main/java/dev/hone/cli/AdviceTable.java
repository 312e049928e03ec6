package dev.hone.cli;

import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.climb.RungReport;
import dev.hone.ladder.climb.RungReport.Measured;
import dev.hone.ladder.report.Advice;
import dev.hone.ladder.report.Bills;
import dev.hone.ladder.report.JudgeReport;
import dev.hone.ladder.report.Signals.Signal;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What `hone advise` prints: the verdict, why, and the rungs.
record AdviceTable(
    ClimbReport climb,
    Optional<Bills> bills,
    Optional<JudgeReport> judged,
    List<Signal> signals,
    String command,
    Path out) {
  void print(PrintStream to) {
    var advice = new Advice(climb, bills);
    to.println(advice.verdict());
    to.println();
    advice.reasons().forEach(reason -> to.println("- " + reason));
    to.println();
    table().forEach(to::println);
    to.println();
    to.println(
        "%s, %s; %,d rows to learn from, %,d to choose with, %,d to confirm on"
            .formatted(
                climb.kind().words(),
                climb.metric(),
                climb.parts().train().size(),
                climb.parts().selection().size(),
                climb.parts().test().size()));
    judged.ifPresent(report -> addJudged(report, to));
    bills.ifPresent(all -> addMoney(all, to));
    for (var growth : climb.growth()) {
      var twice = growth.forecast().getFirst();
      to.println(
          "%s with %,d rows to learn from: %s to %s, as its growth foretells (80 %% sure)"
              .formatted(
                  growth.rung(),
                  twice.rows(),
                  Advice.percent(twice.score().low()),
                  Advice.percent(twice.score().high())));
    }
    signals.stream()
        .filter(Signal::isWarning)
        .forEach(signal -> to.println("%s: %s".formatted(signal.name(), signal.evidence())));
    to.println("It would change with:");
    advice.wouldChange().forEach(change -> to.println("- " + change));
    to.println();
    if (!command.isEmpty()) {
      to.println("To use it:  " + command);
    }
    to.println("The report: " + out.resolve("report.html"));
  }

  private static void addMoney(Bills bills, PrintStream to) {
    var dates = bills.prices().stream().map(price -> price.date().toString()).sorted().toList();
    to.println(
        "at %s requests a day%s%s"
            .formatted(
                Numbers.real(bills.traffic()),
                bills.asked() instanceof Bills.Asked.Here
                    ? "; the model runs on " + bills.costs().machine().name()
                    : "",
                dates.isEmpty()
                    ? ""
                    : "; prices of %s to %s".formatted(dates.getFirst(), dates.getLast())));
    bills.cautions().forEach(to::println);
  }

  private static void addJudged(JudgeReport report, PrintStream to) {
    var table =
        Table.ofNumbers()
            .row("judged", "won", "tied", "lost", "no verdict", "flipped", "length", "corrected");
    for (var rung : report.rungs()) {
      table.row(
          rung.rung(),
          Numbers.count(rung.won()),
          Numbers.count(rung.tied()),
          Numbers.count(rung.lost()),
          Numbers.count(rung.failed()),
          Advice.percent(rung.flipped()),
          String.format(Locale.ROOT, "%.2f x", rung.length()),
          rung.corrected().map(AdviceTable::corrected).orElse("not checked"));
    }
    to.println();
    table.lines().forEach(to::println);
    if (report.isChecked()) {
      to.println("%s: %s".formatted(report.judge(), report.words()));
    }
  }

  private static String corrected(JudgeReport.Corrected by) {
    return "%s (%.1f to %.1f)"
        .formatted(
            Advice.percent(by.score().estimate()), 100 * by.score().low(), 100 * by.score().high());
  }

  private List<String> table() {
    var rows = new ArrayList<List<String>>();
    var head =
        new ArrayList<>(List.of("", "chosen on", "confirmed on", "95 % interval", "ms", "tokens"));
    if (bills.isPresent()) {
      head.addAll(List.of("per 1,000", "a month", "a training"));
    }
    head.add("");
    rows.add(head);
    climb.rungs().forEach(rung -> rows.add(row(rung)));
    var widths = new int[rows.getFirst().size()];
    for (var row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    var line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      boolean isText = i == 0 || i == widths.length - 1;
      var format = "%" + (isText ? "-" : "") + Math.max(1, widths[i]) + "s  ";
      line.append(format.formatted(row.get(i)));
    }
    return line.toString().stripTrailing();
  }

  private List<String> row(RungReport rung) {
    boolean isAsked = rung.selection().isPresent();
    var row =
        new ArrayList<>(
            List.of(
                rung.name(),
                score(rung.selection()),
                score(rung.test()),
                rung.test().or(rung::selection).map(AdviceTable::interval).orElse(""),
                isAsked ? String.format(Locale.ROOT, "%.1f", rung.latency().p50()) : "",
                isAsked
                    ? Numbers.count(Math.round(rung.promptTokens() + rung.answerTokens()))
                    : ""));
    bills.ifPresent(all -> row.addAll(money(all, rung)));
    row.add(note(rung));
    return row;
  }

  private static List<String> money(Bills bills, RungReport rung) {
    return bills
        .way(rung)
        .map(way ->
            List.of(
                way.running().thousand(bills.traffic()).words(),
                way.running().month(bills.traffic()).words(),
                way.once().words()))
        .orElse(List.of("", "", ""));
  }

  private String note(RungReport rung) {
    boolean isChosen = new Advice(climb).rung().filter(rung::equals).isPresent();
    return isChosen ? "<- enough" : rung.why();
  }

  private static String score(Optional<Measured> measured) {
    return measured
        .map(m -> "%s of %,d".formatted(Advice.percent(m.score().estimate()), m.items()))
        .orElse("");
  }

  private static String interval(Measured measured) {
    return String.format(
        Locale.ROOT, "%.1f to %.1f", 100 * measured.score().low(), 100 * measured.score().high());
  }
}
