package dev.hone.ladder.climb;

import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.rung.AtOnce;
import dev.hone.ladder.rung.CallLog;
import dev.hone.ladder.rung.Reply;
import dev.hone.ladder.rung.Solution;
import dev.hone.ladder.statistics.PairedBootstrap;
import dev.hone.ladder.task.Item;
import dev.hone.model.UsageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// One rung's answers to the rows of one part, in their order.
final class Asked {
  private final String rung;
  private final Solution solution;
  private final String recipe;
  private final List<Item> items;
  private final Metric metric;
  private final CallLog log;
  private final int width;
  private final ClimbListener listener;
  private final List<CallLog.Call> calls = new ArrayList<>();
  private final List<double[]> counts = new ArrayList<>();
  private final List<Double> scores = new ArrayList<>();
  private final List<Optional<String>> failures = new ArrayList<>();
  private final Map<String, Object> locks = new ConcurrentHashMap<>();
  private final AtomicInteger fresh = new AtomicInteger();

  Asked(
      String rung,
      Solution solution,
      List<Item> items,
      Metric metric,
      CallLog log,
      int width,
      ClimbListener listener) {
    this.rung = rung;
    this.solution = solution;
    this.recipe = rung + CallLog.recipe(solution.recipe());
    this.items = items;
    this.metric = metric;
    this.log = log;
    this.width = width;
    this.listener = listener;
  }

  /// Scores of the first rows; asks for answers that are not there yet.
  Scores first(int count) throws IOException {
    AtOnce.ask(
        width,
        calls.size(),
        count,
        place -> call(items.get(place)),
        (place, call) -> {
          add(items.get(place), call);
          listener.asked(rung, calls.size(), count);
        });
    return new Scores(
        metric,
        counts.subList(0, count).toArray(double[][]::new),
        scores.subList(0, count).stream().mapToDouble(Double::doubleValue).toArray(),
        items.subList(0, count).stream().map(Item::group).toList());
  }

  private void add(Item item, CallLog.Call call) {
    var answer = call.reply().text();
    counts.add(metric.counts(item.reference(), answer));
    scores.add(metric.score(item.reference(), answer));
    failures.add(call.error().or(() -> metric.failure(item.reference(), answer)));
    calls.add(call);
  }

  /// The same row twice is asked for once.
  private CallLog.Call call(Item item) throws IOException {
    var key = CallLog.key(recipe, item.json(), 0);
    synchronized (locks.computeIfAbsent(key, any -> new Object())) {
      var known = log.find(key);
      if (known.isPresent()) {
        return known.get();
      }
      fresh.incrementAndGet();
      var call = answer(item);
      log.add(key, call);
      return call;
    }
  }

  /// What fails counts as wrong, and is listed.
  private CallLog.Call answer(Item item) {
    long start = System.nanoTime();
    try {
      return new CallLog.Call(solution.answer(item), Optional.empty());
    } catch (IOException | UsageException e) {
      var nothing = new Reply("", 0, 0, false, (System.nanoTime() - start) / 1e6);
      return new CallLog.Call(nothing, Optional.of(String.valueOf(e.getMessage())));
    }
  }

  /// Rows that it can be asked.
  int size() {
    return items.size();
  }

  /// The metric of the answers that are there.
  double value() {
    return also(metric);
  }

  /// What else the answers that are there score.
  double also(Metric other) {
    var counts = new double[calls.size()][];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = other.counts(items.get(i).reference(), calls.get(i).reply().text());
    }
    return other.value(PairedBootstrap.sum(counts));
  }

  /// Of the sources that answers cite, those that are the rows' own, and of the rows' own, those
  /// that are cited. Empty where no row says its source, or nothing is cited.
  Map<String, Double> citations() {
    int cited = 0;
    int right = 0;
    int wanted = 0;
    for (int i = 0; i < calls.size(); i++) {
      var own = items.get(i).source();
      var sources = calls.get(i).reply().sources();
      if (own.isPresent()) {
        wanted++;
        cited += sources.size();
        right += sources.contains(own.get()) ? 1 : 0;
      }
    }
    return cited == 0
        ? Map.of()
        : Map.of(
            "citation-precision", (double) right / cited,
            "citation-recall", (double) right / wanted);
  }

  List<CallLog.Call> calls() {
    return List.copyOf(calls);
  }

  /// What was asked and answered, for the report.
  ///
  /// @param part that the rows are of
  List<RungReport.Row> rows(String part) {
    var rows = new ArrayList<RungReport.Row>();
    for (int i = 0; i < calls.size(); i++) {
      var item = items.get(i);
      var call = calls.get(i);
      rows.add(
          new RungReport.Row(
              part,
              item.line(),
              item.question(),
              item.answer(),
              call.reply().text(),
              scores.get(i),
              failures.get(i).orElse("")));
    }
    return rows;
  }

  /// Answers that were not in the log.
  int fresh() {
    return fresh.get();
  }

  /// Why answers failed, or could not be measured.
  List<String> failures() {
    return failures.stream().flatMap(Optional::stream).toList();
  }

  double failedShare() {
    return calls.isEmpty() ? 0 : (double) failures().size() / calls.size();
  }
}
