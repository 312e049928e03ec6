package dev.hone.ladder.climb;

import dev.hone.ladder.statistics.Interval;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What became of one rung.
///
/// @param state how far it came
/// @param why it came no further; empty where it was measured to the end
/// @param selection its score on the selection rows that it was asked, which also chose it
/// @param test its score on the test rows; empty where it was not asked those
/// @param also other measures of the rows that its score is of, by name
/// @param latency of an answer
/// @param promptTokens read for an answer, on average
/// @param answerTokens written for an answer, on average
/// @param cut answers that the token limit ended
/// @param buildSeconds what making it took
/// @param recipe to make it again
/// @param rows that it was asked
public record RungReport(
    String name,
    String description,
    State state,
    String why,
    Optional<Measured> selection,
    Optional<Measured> test,
    Map<String, Double> also,
    Latency latency,
    double promptTokens,
    double answerTokens,
    int cut,
    double buildSeconds,
    Map<String, Object> recipe,
    List<Row> rows) {

  /// How far a rung came.
  public enum State {
    /// Nothing better is needed than a cheaper rung.
    NOT_NEEDED,
    /// It was foretold to miss the target, and not made.
    BOUNDED,
    /// It could not be made.
    FAILED,
    /// Too many of its answers failed, or of their measuring.
    NOT_MEASURED,
    /// It could no longer win.
    DROPPED,
    MEASURED
  }

  /// @param items that the score is of
  /// @param score with its 95 % interval
  public record Measured(int items, Interval score) {}

  /// Milliseconds.
  public record Latency(double p50, double p95) {}

  /// One answer.
  ///
  /// @param part `selection` or `test`
  /// @param line of the row in its file
  /// @param error why there is no answer, or no measure of it; empty where there is one
  public record Row(
      String part,
      long line,
      String question,
      String expected,
      String answer,
      double score,
      String error) {}
}
