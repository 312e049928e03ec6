package dev.hone.tune.data;

import java.util.Locale;

/// The rules of the data gate. An error refuses the run, a warning is counted and shown.
public enum Check {
  BAD_UTF8(
      Severity.ERROR,
      "save the file as UTF-8; editors and spreadsheets on Windows often write another encoding"),
  INVALID_JSON(Severity.ERROR, "every line must hold one whole JSON object, with nothing after it"),
  INVALID_CSV(
      Severity.ERROR,
      "quote fields that hold commas, quotes or line breaks, and double the quotes in them"),
  BROKEN_GZIP(
      Severity.ERROR, "the compressed file is cut short or damaged: copy or compress it again"),
  LINE_TOO_LONG(Severity.ERROR, "one row per line: is this a single JSON array rather than JSONL?"),
  UNKNOWN_SHAPE(Severity.ERROR, "a row needs `messages`, or `prompt` and `completion`, or `text`"),
  MISSING_FIELD(Severity.ERROR, "add the missing field"),
  WRONG_VALUE(Severity.ERROR, "correct the field; docs/data-format.md shows every shape"),
  UNKNOWN_ROLE(Severity.ERROR, "roles are system, developer, user, assistant and tool"),
  BAD_TOOL_ARGUMENTS(Severity.ERROR, "arguments are a JSON object, or a string that holds one"),
  REFUSED_BY_TEMPLATE(
      Severity.ERROR, "the model's own chat template does not take this conversation"),
  EMPTY_ANSWER(Severity.ERROR, "fill in the answer or remove the row"),
  NO_TRAINED_TOKEN(Severity.ERROR, "a row needs an assistant message whose weight is not 0"),
  ANSWER_CUT_AWAY(Severity.ERROR, "raise --max-length, shorten the prompt or remove the row"),
  EMPTY_FILE(Severity.ERROR, "give a file with at least two rows"),
  TOO_FEW_ROWS(
      Severity.ERROR,
      "a prompt with examples or retrieval may serve better than training on so little"),
  HELD_OUT_IN_TRAINING(
      Severity.ERROR,
      "remove these rows from one of the two files, or leave out --valid and let Hone split"),
  ANSWER_SHORTENED(
      Severity.WARNING, "raise --max-length to learn the whole answer, its end included"),
  DUPLICATE(
      Severity.WARNING, "repeated rows weigh more in training; remove them unless that is meant"),
  CONTRADICTION(
      Severity.WARNING, "one question has several answers: the model learns a mixture of them"),
  HELD_OUT_QUESTION_IN_TRAINING(
      Severity.WARNING,
      "questions that were trained on, with another answer, make the held-out loss look better or"
          + " worse"),
  MIXED_SHAPES(
      Severity.WARNING,
      "rows of several shapes are rendered in several ways; usually one file has one shape"),
  IGNORED_FIELD(Severity.WARNING, "this field of a message is not part of what is trained"),
  FEW_ROWS(
      Severity.WARNING, "with so few rows a prompt with examples or retrieval may serve better");

  /// Whether a run may start all the same.
  public enum Severity {
    ERROR,
    WARNING
  }

  private final Severity severity;
  private final String hint;

  Check(Severity severity, String hint) {
    this.severity = severity;
    this.hint = hint;
  }

  public Severity severity() {
    return severity;
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /// The likely cure, one line.
  public String hint() {
    return hint;
  }

  /// The name that reports carry, such as `unknown_role`.
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
