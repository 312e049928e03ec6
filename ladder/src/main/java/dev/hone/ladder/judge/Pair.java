package dev.hone.ladder.judge;

/// Two answers to a question.
public record Pair(String question, String a, String b) {
  /// The same in the other order.
  public Pair swapped() {
    return new Pair(question, b, a);
  }

  /// Whether there is nothing to choose.
  public boolean isSame() {
    return a.strip().equals(b.strip());
  }
}
