package dev.hone.cli;

import dev.hone.tune.data.Source;
import dev.hone.tune.run.Summary;
import dev.hone.tune.run.TuneRequest;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.Stream;

/// What `hone tune` says when it is done: what was gained, how good the estimates were, what lies
/// where, what to do next.
final class TuneResult {
  private static final List<String> FILES =
      List.of("summary.json", "metrics.csv", "metrics.jsonl", LossPlot.FILE);

  private final TuneRequest request;
  private final Summary summary;

  TuneResult(TuneRequest request, Summary summary) {
    this.request = request;
    this.summary = summary;
  }

  void print(PrintStream out) {
    out.println();
    out.println(headline());
    print(out, measures());
    print(out, estimates());
    out.println();
    out.printf("in %s: %s%n", request.out(), String.join(", ", contents()));
    out.println();
    out.println("next");
    nextCommands().forEach(command -> out.println("  " + ShellQuotes.join(command)));
  }

  private static void print(PrintStream out, Table table) {
    out.println();
    table.lines().forEach(out::println);
  }

  private String headline() {
    return "%s in %s: %s, %s learned, %s tokens/s%s"
        .formatted(
            summary.stoppedEarly() ? "stopped early" : "done",
            Numbers.duration(summary.wallSeconds()),
            Numbers.count(summary.steps(), "step"),
            Numbers.count(summary.trainedTokens(), "token"),
            Numbers.rate(summary.tokensPerSecond()),
            summary.bestStep() < summary.steps()
                ? ", the best at step " + Numbers.count(summary.bestStep())
                : "");
  }

  private Table measures() {
    var table = Table.ofNumbers().row("", "before", "after", "change");
    measure(
        table,
        "held-out loss",
        summary.heldOutLossBefore(),
        summary.heldOutLossAfter(),
        Numbers::loss);
    measure(
        table,
        "held-out perplexity",
        summary.heldOutPerplexityBefore(),
        summary.heldOutPerplexityAfter(),
        Numbers::perplexity);
    share(
        table,
        "held-out token accuracy",
        summary.heldOutTokenAccuracyBefore(),
        summary.heldOutTokenAccuracyAfter());
    summary
        .metric()
        .ifPresent(name ->
            share(
                table,
                "held-out answers, " + name,
                summary.metricBefore().orElseThrow(),
                summary.metricAfter().orElseThrow()));
    measure(
        table,
        "probe, bits per byte (forgetting)",
        summary.probeBitsPerByteBefore(),
        summary.probeBitsPerByteAfter(),
        Numbers::loss);
    return table;
  }

  private static void share(Table table, String name, double before, double after) {
    table.row(
        name, Numbers.percent(before), Numbers.percent(after), Numbers.points(after - before));
  }

  private static void measure(
      Table table, String name, double before, double after, DoubleFunction<String> shown) {
    if (!Double.isNaN(before) && !Double.isNaN(after)) {
      table.row(name, shown.apply(before), shown.apply(after), Numbers.change(before, after));
    }
  }

  private Table estimates() {
    return Table.ofNumbers()
        .row("", "estimate", "outcome")
        .row(
            summary.stoppedEarly() ? "time of %,d steps".formatted(summary.steps()) : "time",
            Numbers.duration(summary.estimatedWallSeconds()),
            Numbers.duration(summary.wallSeconds()))
        .row(
            "peak memory",
            Numbers.bytes(summary.estimatedPeakMemoryBytes()),
            Numbers.bytes(summary.peakMemoryBytes()));
  }

  private List<String> contents() {
    var files = FILES.stream().filter(name -> Files.exists(request.out().resolve(name)));
    return Stream.concat(Stream.of(isAdapter() ? "the adapter" : "the model"), files).toList();
  }

  private boolean isAdapter() {
    return summary.method().equals("lora");
  }

  private List<List<String>> nextCommands() {
    var out = request.out().toString();
    var data = heldOut().toString();
    if (!isAdapter()) {
      return List.of(
          List.of("hone", "chat", "--base", out),
          List.of("hone", "eval", "--base", out, "--data", data));
    }
    var base = HubBase.typed(request.base());
    return List.of(
        List.of("hone", "chat", "--base", base, "--adapter", out),
        List.of("hone", "eval", "--base", base, "--adapter", out, "--data", data),
        List.of(
            "hone",
            "merge",
            "--base",
            base,
            "--adapter",
            out,
            "--out",
            merged(request.out()).toString()));
  }

  /// The rows that were held out: as given, or as written beside the run.
  private Path heldOut() {
    return request.valid().map(Source::file).orElse(request.out().resolve("valid.jsonl"));
  }

  private static Path merged(Path out) {
    var name = out.toAbsolutePath().normalize().getFileName();
    return name == null ? Path.of("merged") : out.resolveSibling(name + "-merged");
  }
}
