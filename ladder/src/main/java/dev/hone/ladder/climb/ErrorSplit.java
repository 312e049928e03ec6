package dev.hone.ladder.climb;

/// What the model as it is gets wrong on some selection rows, by what would mend it. Their sum is
/// the error, `1 − score`.
///
/// @param rows looked at
/// @param score of the model as it is
/// @param form mended where the answer must have the task's form: a JSON object of these fields,
///   one of these labels
/// @param knowledge of the rest, mended by the right passage before the question
/// @param skill the rest
public record ErrorSplit(int rows, double score, double form, double knowledge, double skill) {
  /// @param plain scores of the rows
  /// @param inForm the same in the task's form
  /// @param withContext the same with the right passage
  static ErrorSplit of(double[] plain, double[] inForm, double[] withContext) {
    double score = 0;
    double form = 0;
    double knowledge = 0;
    for (int i = 0; i < plain.length; i++) {
      double formed = Math.max(plain[i], inForm[i]);
      score += plain[i];
      form += formed - plain[i];
      knowledge += Math.max(formed, withContext[i]) - formed;
    }
    int rows = plain.length;
    return new ErrorSplit(
        rows,
        score / rows,
        form / rows,
        knowledge / rows,
        (rows - score - form - knowledge) / rows);
  }
}
