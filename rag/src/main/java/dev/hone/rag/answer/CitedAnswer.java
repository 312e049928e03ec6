package dev.hone.rag.answer;

import dev.hone.rag.retrieve.Retrieved;
import java.util.List;

/// What came of a question.
public sealed interface CitedAnswer {
  /// What was found, best first.
  List<Retrieved> found();

  /// An answer of which something is supported.
  ///
  /// @param statements in order
  record Answered(List<Statement> statements, List<Retrieved> found) implements CitedAnswer {
    public Answered {
      statements = List.copyOf(statements);
      found = List.copyOf(found);
    }
  }

  /// No answer, and why.
  record Refused(Reason reason, List<Retrieved> found) implements CitedAnswer {
    public Refused {
      found = List.copyOf(found);
    }
  }

  /// Why there is no answer.
  enum Reason {
    /// No passage is about the question; the model was not asked.
    NOTHING_FOUND("no document is about this"),
    /// The model says that the passages do not hold the answer.
    NOT_IN_PASSAGES("the passages that were found do not say"),
    /// The model answered, and no passage holds what it said.
    UNSUPPORTED("the model's answer does not stand in the documents");

    private final String words;

    Reason(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }
}
