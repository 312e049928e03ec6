package dev.hone.tune.data;

/// What a file, or the part of it that is trained or held out, amounts to.
///
/// @param rows rows that could be used
/// @param examples what they were rendered to; more than rows where a template renders turns apart
/// @param tokens tokens in all, each example cut to the longest length allowed
/// @param trainedTokens tokens that are learned from
/// @param targetBytes UTF-8 bytes of the text behind them
/// @param longest tokens of the longest example before it was cut
/// @param longestLine the line that it stands on; 0 where there is none
public record Totals(
    long rows,
    long examples,
    long tokens,
    long trainedTokens,
    long targetBytes,
    int longest,
    long longestLine) {
  static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, 0);

  Totals plusRow() {
    return new Totals(rows + 1, examples, tokens, trainedTokens, targetBytes, longest, longestLine);
  }

  Totals plus(Example example) {
    return new Totals(
        rows,
        examples + 1,
        tokens + example.length(),
        trainedTokens + example.trainedTokens(),
        targetBytes + example.targetBytes(),
        longest,
        longestLine);
  }

  Totals withLength(int length, long line) {
    return length <= longest
        ? this
        : new Totals(rows, examples, tokens, trainedTokens, targetBytes, length, line);
  }
}
