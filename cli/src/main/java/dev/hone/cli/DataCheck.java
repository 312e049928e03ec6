package dev.hone.cli;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.text.Renderers;
import dev.hone.model.text.Tokenizer;
import dev.hone.tune.data.Check.Severity;
import dev.hone.tune.data.DataGate;
import dev.hone.tune.data.ExampleSink;
import dev.hone.tune.data.GateReport;
import dev.hone.tune.data.Totals;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs one `hone data check` and prints what it found.
final class DataCheck {
  /// What `hone tune` keeps of a row where nothing else is said.
  private static final int DEFAULT_MAX_LENGTH = 1024;

  private DataCheck() {}

  static GateReport run(Path base, DataOptions rows, Path file, Optional<Path> valid)
      throws IOException {
    var renderer = Renderers.open(base, Tokenizer.ofModel(base), Optional.empty());
    int context = ModelConfig.read(base.resolve("config.json")).maxPositionEmbeddings();
    int maxLength = rows.maxLength().orElse(Math.min(context, DEFAULT_MAX_LENGTH));
    var gate = new DataGate(renderer, maxLength, rows.trainsOnPrompt());
    return valid.isPresent()
        ? gate.check(
            rows.source(file), rows.source(valid.get()), ExampleSink.NONE, ExampleSink.NONE)
        : gate.check(rows.source(file));
  }

  /// @return whether a run may start with these files
  static boolean print(GateReport report, PrintStream out, boolean isJson) {
    if (isJson) {
      out.println(Facts.json(values(report)));
    } else {
      lines(report).forEach(out::println);
    }
    return !report.isRefused();
  }

  static List<String> lines(GateReport report) {
    var lines = new ArrayList<String>();
    addFindings("error", report.errors(), report.lines(Severity.ERROR), lines);
    addFindings("warning", report.warnings(), report.lines(Severity.WARNING), lines);
    lines.add("usable: " + described(report.training()));
    if (report.heldOut().rows() > 0) {
      lines.add("held out: " + described(report.heldOut()));
    }
    lines.add(
        report.isRefused()
            ? "hone tune would refuse these files"
            : "hone tune would take these files");
    return lines;
  }

  private static void addFindings(
      String noun, long count, List<String> findings, List<String> lines) {
    if (count > 0) {
      lines.add(Numbers.count(count, noun));
      findings.forEach(finding -> lines.add("  " + finding));
      lines.add("");
    }
  }

  private static String described(Totals totals) {
    var text =
        "%s, %s, %s of them trained"
            .formatted(
                Numbers.count(totals.rows(), "row"),
                Numbers.count(totals.tokens(), "token"),
                Numbers.count(totals.trainedTokens()));
    return totals.longestLine() == 0
        ? text
        : text
            + "; the longest row has %s (line %d)"
                .formatted(Numbers.count(totals.longest(), "token"), totals.longestLine());
  }

  private static Map<String, Object> values(GateReport report) {
    var counts = new LinkedHashMap<String, Object>();
    report.counts().forEach((check, count) -> counts.put(check.code(), count));
    return new Facts()
        .jsonOnly("usable", !report.isRefused())
        .jsonOnly("errors", report.errors())
        .jsonOnly("warnings", report.warnings())
        .jsonOnly("counts", counts)
        .jsonOnly("findings", report.findings().stream().map(DataCheck::values).toList())
        .jsonOnly("training", values(report.training()))
        .jsonOnly("held_out", values(report.heldOut()))
        .values();
  }

  private static Map<String, Object> values(dev.hone.tune.data.Finding finding) {
    return new Facts()
        .jsonOnly("check", finding.problem().check().code())
        .jsonOnly("file", finding.file().toString())
        .jsonOnly("line", finding.line())
        .jsonOnly("message", finding.problem().text())
        .values();
  }

  private static Map<String, Object> values(Totals totals) {
    return new Facts()
        .jsonOnly("rows", totals.rows())
        .jsonOnly("tokens", totals.tokens())
        .jsonOnly("trained_tokens", totals.trainedTokens())
        .jsonOnly("longest", totals.longest())
        .jsonOnly("longest_line", totals.longestLine())
        .values();
  }
}
