package dev.hone.cli;

import dev.hone.tune.trace.TraceReport;
import dev.hone.tune.trace.TraceReport.LeftOut;
import dev.hone.tune.trace.TraceRequest;
import dev.hone.tune.trace.Traces;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/// Runs one `hone data from-traces` and prints what became of the traces.
final class DataFromTraces {
  private DataFromTraces() {}

  static void run(TraceRequest request, PrintStream out, boolean isJson) throws IOException {
    var report = Traces.collect(request);
    if (isJson) {
      out.println(Facts.json(values(report)));
      return;
    }
    table(report).lines().forEach(out::println);
    report
        .leftOut()
        .forEach(left -> {
          out.println();
          out.println(
              "left out, %s: a trace %s".formatted(left.fault().code(), left.fault().words()));
          out.println("  first " + left.first().text() + ": " + left.message());
        });
    out.println();
    out.println(
        "in %s: %s, with %s of %s"
            .formatted(
                request.out(),
                Numbers.count(report.rows(), "row"),
                Numbers.count(report.calls(), "call"),
                Numbers.count(report.tools(), "tool")));
  }

  private static Table table(TraceReport report) {
    var table = Table.ofNumbers().row("traces read", Numbers.count(report.read()));
    if (report.unsuccessful() > 0) {
      table.row("not successful", Numbers.count(report.unsuccessful()));
    }
    report
        .leftOut()
        .forEach(
            left -> table.row("left out, " + left.fault().code(), Numbers.count(left.count())));
    return table
        .row("merged into longer or equal ones", Numbers.count(report.merged()))
        .row("rows", Numbers.count(report.rows()));
  }

  private static Map<String, Object> values(TraceReport report) {
    return new Facts()
        .jsonOnly("read", report.read())
        .jsonOnly("not_successful", report.unsuccessful())
        .jsonOnly("merged", report.merged())
        .jsonOnly("left_out", report.leftOut().stream().map(DataFromTraces::values).toList())
        .jsonOnly("rows", report.rows())
        .jsonOnly("calls", report.calls())
        .jsonOnly("tools", report.tools())
        .values();
  }

  private static Map<String, Object> values(LeftOut left) {
    var values = new LinkedHashMap<String, Object>();
    values.put("reason", left.fault().code());
    values.put("count", left.count());
    values.put("file", left.first().file().toString());
    values.put(left.first().isLine() ? "line" : "trace", left.first().number());
    values.put("message", left.message());
    return values;
  }
}
