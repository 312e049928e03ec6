package dev.hone.tune.data;

/// What is wrong with a row.
///
/// @param check which rule it breaks
/// @param field where in the row, such as `messages[1].role`; empty where it is the row as a whole
/// @param message what is wrong, for the user
public record Problem(Check check, String field, String message) {
  /// Field and message in one line.
  public String text() {
    return field.isEmpty() ? message : field + ": " + message;
  }
}
