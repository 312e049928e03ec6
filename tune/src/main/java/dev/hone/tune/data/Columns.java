package dev.hone.tune.data;

/// The names of the columns in a CSV file.
///
/// @param prompt column of the prompt
/// @param completion column of the answer
/// @param text column of plain text, used where neither of the others is there
public record Columns(String prompt, String completion, String text) {
  /// The names that rows of JSON have, too.
  public static final Columns DEFAULT = new Columns("prompt", "completion", "text");
}
