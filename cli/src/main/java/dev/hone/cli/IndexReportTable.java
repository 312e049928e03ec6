package dev.hone.cli;

import dev.hone.rag.SizeTrial;
import dev.hone.rag.measure.IndexMeasure;
import dev.hone.rag.measure.IndexReport;
import dev.hone.rag.measure.Interval;
import dev.hone.rag.measure.PassageCount;
import dev.hone.rag.measure.Ranks;
import dev.hone.rag.measure.WeightTuning;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// What `hone index eval` prints.
record IndexReportTable(IndexReport report) {
  Facts facts() {
    var facts = new Facts().count("questions", "questions", report.questions());
    rankings(facts);
    report.tuning().ifPresent(tuning -> tuning(facts, tuning));
    report.passageCount().ifPresent(count -> passageCount(facts, count));
    misses(facts);
    refusals(facts);
    report.citations().ifPresent(citations -> citations(facts, citations));
    times(facts);
    return facts;
  }

  private void rankings(Facts facts) {
    facts.section("the right document among the first 1, 5, 20; MRR@10; nDCG@10");
    var json = new LinkedHashMap<String, Object>();
    report
        .rankings()
        .forEach((name, ranks) -> {
          facts.shownOnly(name, shown(ranks));
          json.put(name, json(ranks));
        });
    facts.jsonOnly("rankings", json);
    facts.section("nDCG@10 of " + IndexMeasure.HONE + " above that of others, 95 % interval");
    var differences = new LinkedHashMap<String, Object>();
    report
        .advantages()
        .forEach((name, interval) -> {
          facts.shownOnly(name, shown(interval));
          differences.put(name, interval);
        });
    facts.jsonOnly("advantages", differences);
  }

  private static String shown(Ranks ranks) {
    return text(
        "%.3f  %.3f  %.3f  %.3f  %.3f",
        ranks.recall(1), ranks.recall(5), ranks.recall(20), ranks.reciprocal(), ranks.ndcg());
  }

  private static Map<String, Double> json(Ranks ranks) {
    var json = new LinkedHashMap<String, Double>();
    for (int k : new int[] {1, 3, 5, 20}) {
      json.put("recall_at_" + k, ranks.recall(k));
    }
    json.put("mrr_at_10", ranks.reciprocal());
    json.put("ndcg_at_10", ranks.ndcg());
    return json;
  }

  private static String shown(Interval interval) {
    return text("%+.3f  (%+.3f to %+.3f)", interval.mean(), interval.low(), interval.high());
  }

  private static void tuning(Facts facts, WeightTuning tuning) {
    facts
        .section("the best weight of words on half of the questions; what it gains on the others")
        .shownOnly(text("%.2f", tuning.weight()), shown(tuning.gain()))
        .jsonOnly("tuning", tuning);
  }

  private static void passageCount(Facts facts, PassageCount count) {
    facts
        .section("enough passages, told from half of the questions; what they have of the others")
        .shownOnly(
            text("--passages %d", count.passages()),
            text("%.3f  (of 20: %.3f)", count.recall(), count.recallOfTwenty()))
        .jsonOnly("passage_count", count);
  }

  /// What comparing sizes of passages showed.
  static void sizes(Facts facts, SizeTrial trial) {
    facts.section("answered within the first 1,000 tokens found, by passage size");
    trial.found().forEach((size, share) -> facts.shownOnly(size + " tokens", text("%.3f", share)));
    facts
        .shownOnly(text("gain of %d, on half of them", trial.best()), shown(trial.gain()))
        .jsonOnly("sizes", trial);
  }

  private void misses(Facts facts) {
    facts.section("not among the first five");
    var json = new LinkedHashMap<String, Integer>();
    report
        .misses()
        .forEach((miss, count) -> {
          facts.shownOnly(miss.words(), Numbers.count(count));
          json.put(miss.name().toLowerCase(Locale.ROOT), count);
        });
    facts.jsonOnly("misses", json);
  }

  private void refusals(Facts facts) {
    var refusals = report.refusals();
    facts
        .section(
            text("refused before the model is asked (relevance below %.2f)", refusals.threshold()))
        .shownOnly("answerable", Numbers.percent(refusals.falselyRefused()))
        .shownOnly("with their document left out", Numbers.percent(refusals.refused()))
        .shownOnly(
            "the same at 5 % of the answerable",
            text(
                "%s (below %.2f)",
                Numbers.percent(refusals.refusedAtFivePercent()),
                refusals.thresholdAtFivePercent()))
        .jsonOnly("refusals", refusals);
  }

  private static void citations(Facts facts, IndexReport.Citations citations) {
    facts
        .section("the check of citations, on known answers")
        .shownOnly("right ones accepted", Numbers.percent(citations.rightAccepted()))
        .shownOnly("wrong passages rejected", Numbers.percent(citations.wrongPassagesRejected()))
        .shownOnly("wrong answers rejected", Numbers.percent(citations.wrongAnswersRejected()))
        .shownOnly("cited sentence has the answer", Numbers.percent(citations.spansRight()))
        .shownOnly("answers cited rightly (recall)", Numbers.percent(citations.recall()))
        .shownOnly("citations right (precision)", Numbers.percent(citations.precision()))
        .shownOnly(
            "refused without their passage", Numbers.percent(citations.refusedWithoutPassage()))
        .jsonOnly("citations", citations);
  }

  private void times(Facts facts) {
    facts
        .section("milliseconds for a question: median, 95th percentile")
        .shownOnly("search", shown(report.searchMillis()))
        .shownOnly("embedding it", shown(report.embedMillis()))
        .jsonOnly("search_millis", report.searchMillis())
        .jsonOnly("embed_millis", report.embedMillis());
  }

  private static String shown(IndexReport.Percentiles millis) {
    return text("%.1f  %.1f", millis.p50(), millis.p95());
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
