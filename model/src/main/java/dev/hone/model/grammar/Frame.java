package dev.hone.model.grammar;

/// What is still to come once the rule at hand is through: a rule, and all that waits below it. The
/// lists of several readings share their ends. Immutable.
///
/// Not a record: a list may be thousands long, and is compared without recursion.
final class Frame {
  /// Nothing is to come.
  static final Frame BOTTOM = new Frame();

  private final int rule;
  private final int count;
  private final Frame below;
  private final int minBytes;
  private final int hash;

  private Frame() {
    rule = GrammarBuilder.EMPTY;
    count = 0;
    below = this;
    minBytes = 0;
    hash = 1;
  }

  /// @param count how many times a repetition is through
  /// @param minBytes the least bytes of all that is to come
  Frame(int rule, int count, Frame below, int minBytes) {
    this.rule = rule;
    this.count = count;
    this.below = below;
    this.minBytes = minBytes;
    this.hash = (below.hash * 31 + rule) * 31 + count;
  }

  int rule() {
    return rule;
  }

  int count() {
    return count;
  }

  Frame below() {
    return below;
  }

  int minBytes() {
    return minBytes;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Frame that)) return false;
    Frame a = this;
    Frame b = that;
    while (a != b) {
      if (a.hash != b.hash || a.rule != b.rule || a.count != b.count) return false;
      if (a == BOTTOM || b == BOTTOM) return false;
      a = a.below;
      b = b.below;
    }
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
