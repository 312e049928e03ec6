package dev.hone.rag.measure;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What [IndexMeasure] found out.
///
/// @param questions how many were asked
/// @param rankings by name: Hone's own, and those to compare with
/// @param advantages of Hone's ranking over others in nDCG@10, by their name, question by question
/// @param misses questions whose document is not among the first five, by why
/// @param searchMillis of the searches, without embedding the question: median, and 95th percentile
/// @param embedMillis of embedding the question: the same
/// @param refusals how the search tells questions that nothing in the index answers
/// @param tuning of the weight; empty where there are too few questions
/// @param passageCount how many passages are enough; empty where there are too few questions
/// @param missed the questions behind `misses`
/// @param relevances behind `refusals`
/// @param citations how the check of citations does; empty where no question has answers
public record IndexReport(
    int questions,
    Map<String, Ranks> rankings,
    Map<String, Interval> advantages,
    Map<Miss, Integer> misses,
    Percentiles searchMillis,
    Percentiles embedMillis,
    Refusals refusals,
    Optional<WeightTuning> tuning,
    Optional<PassageCount> passageCount,
    List<Missed> missed,
    Relevances relevances,
    Optional<Citations> citations) {

  /// @param rank of its document, from 1; 0 where it was not among the first hundred
  public record Missed(Question question, Miss why, int rank) {}

  /// The relevance of the best of the first passages, question by question.
  ///
  /// @param answerable of the questions as they are
  /// @param unanswerable as if the document that answers them were not there
  public record Relevances(List<Double> answerable, List<Double> unanswerable) {}

  /// Milliseconds.
  public record Percentiles(double p50, double p95) {
    static Percentiles of(List<Double> values) {
      var sorted = values.stream().sorted().toList();
      return new Percentiles(
          sorted.get(sorted.size() / 2), sorted.get((int) (sorted.size() * 0.95)));
    }
  }

  /// Every question asked twice: of the whole index, and as if the document that answers it were
  /// not there.
  ///
  /// @param threshold of relevance, as in use
  /// @param falselyRefused share of the first that fall below it
  /// @param refused share of the second that do
  /// @param thresholdAtFivePercent where 5 % of the first would fall below
  /// @param refusedAtFivePercent share of the second that would
  public record Refusals(
      double threshold,
      double falselyRefused,
      double refused,
      double thresholdAtFivePercent,
      double refusedAtFivePercent) {}

  /// The deterministic check, on answers that are known.
  ///
  /// @param rightAccepted the known answer, citing its own passage
  /// @param wrongPassagesRejected the known answer, citing the best passage that is not its own
  /// @param wrongAnswersRejected the answer to another question about the same document
  /// @param spansRight cited sentences that have the answer in them, of those accepted
  /// @param recall known answers without references, put to all passages found: the share that gets
  ///   a citation of the passage that answers, where it was found
  /// @param precision citations given there that are of a passage that answers
  /// @param refusedWithoutPassage the same with the passages that answer left out: the share that
  ///   gets no citation
  public record Citations(
      double rightAccepted,
      double wrongPassagesRejected,
      double wrongAnswersRejected,
      double spansRight,
      double recall,
      double precision,
      double refusedWithoutPassage) {}
}
