package dev.hone.ladder.judge;

import java.util.Locale;
import java.util.Optional;

/// Which of two answers is better.
public enum Better {
  A,
  B,
  TIE;

  /// As labels and judges write it: `A`, `B` or `tie`.
  public String word() {
    return this == TIE ? "tie" : name();
  }

  static Optional<Better> of(String word) {
    return switch (word.strip().toLowerCase(Locale.ROOT)) {
      case "a" -> Optional.of(A);
      case "b" -> Optional.of(B);
      case "tie" -> Optional.of(TIE);
      default -> Optional.empty();
    };
  }

  /// The same where the answers stand in the other order.
  Better swapped() {
    return switch (this) {
      case A -> B;
      case B -> A;
      case TIE -> TIE;
    };
  }

  /// What the second answer scores against the first.
  public double scoreOfB() {
    return switch (this) {
      case A -> 0;
      case TIE -> 0.5;
      case B -> 1;
    };
  }
}
