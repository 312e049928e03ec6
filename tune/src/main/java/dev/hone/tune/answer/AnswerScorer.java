package dev.hone.tune.answer;

import java.util.List;

/// Measures a set of answers. Some measures, such as macro-F1 or BLEU, are no means over rows, so a
/// set is measured as a whole.
public interface AnswerScorer {
  /// As the user names it. A run that goes on must have the same.
  String name();

  /// How good the answers are together: the more the better.
  ///
  /// @param answers at least one
  double score(List<Answered> answers);
}
