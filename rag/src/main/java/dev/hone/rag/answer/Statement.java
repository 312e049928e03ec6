package dev.hone.rag.answer;

import java.util.List;

/// A sentence of an answer.
///
/// @param text without the model's own reference marks
/// @param citations the passages that hold it; empty where none does
/// @param conflicts sentences of other passages that say the same with other numbers
/// @param objections what was wrong with the references that the model gave, for people
public record Statement(
    String text, List<Citation> citations, List<Citation> conflicts, List<String> objections) {
  public Statement {
    citations = List.copyOf(citations);
    conflicts = List.copyOf(conflicts);
    objections = List.copyOf(objections);
  }

  public boolean isSupported() {
    return !citations.isEmpty();
  }
}
