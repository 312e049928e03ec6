/// The ways in which a passage and a question are put to the model.
enum PassageForm {
  LABELS("Passage: %s\n\nQuestion: %s"),
  BARE("%s\n\n%s"),
  ASKED("Read the passage and answer the question.\n\n%s\n\n%s"),
  TEXT("Text:\n%s\n\nAnswer from the text: %s"),
  CONTEXT("Context: %s\nQuestion: %s\nAnswer:"),
  QUESTION_FIRST("Question: %2$s\n\nPassage: %1$s"),
  QUESTION_BARE("%2$s\n\n%1$s");

  private final String format;

  PassageForm(String format) {
    this.format = format;
  }

  String of(String passage, String question) {
    return format.formatted(passage, question);
  }

  /// The form in which the model is measured.
  static PassageForm measured() {
    return LABELS;
  }
}
