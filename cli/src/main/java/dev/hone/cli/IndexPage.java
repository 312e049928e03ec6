package dev.hone.cli;

import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.rag.measure.IndexReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// What `hone index eval --plot` writes: recall by the number of passages, refusals by threshold,
/// and the questions that were missed.
record IndexPage(IndexReport report, String title, String note) {
  private static final int MOST = 20;
  private static final int STEPS = 100;

  /// Relevance is at most two cosines of one and a coverage of one.
  private static final double MOST_RELEVANT = 3;

  void write(Path file) throws IOException {
    var data = new LinkedHashMap<String, Object>();
    data.put("title", title);
    data.put("note", note);
    data.put("recall", recall());
    data.put("threshold", report.refusals().threshold());
    data.put("thresholds", thresholds());
    data.put("answerable_refused", below(report.relevances().answerable()));
    data.put("unanswerable_refused", below(report.relevances().unanswerable()));
    data.put("missed", missed());
    AtomicFile.write(file, DrawnPage.of("index.html", data));
  }

  private Map<String, List<Double>> recall() {
    var recall = new LinkedHashMap<String, List<Double>>();
    report
        .rankings()
        .forEach((name, ranks) ->
            recall.put(name, IntStream.rangeClosed(1, MOST).mapToObj(ranks::recall).toList()));
    return recall;
  }

  private static List<Double> thresholds() {
    return IntStream.rangeClosed(0, STEPS).mapToObj(i -> i * MOST_RELEVANT / STEPS).toList();
  }

  private static List<Double> below(List<Double> relevances) {
    return thresholds().stream()
        .map(threshold ->
            relevances.stream().filter(relevance -> relevance < threshold).count()
                / (double) relevances.size())
        .toList();
  }

  private List<Map<String, Object>> missed() {
    var rows = new ArrayList<Map<String, Object>>();
    for (var missed : report.missed()) {
      var row = new LinkedHashMap<String, Object>();
      row.put("question", missed.question().text());
      row.put("source", missed.question().source().orElse(""));
      row.put("why", missed.why().words());
      row.put("rank", missed.rank());
      rows.add(row);
    }
    return rows;
  }
}
