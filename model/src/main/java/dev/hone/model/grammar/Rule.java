package dev.hone.model.grammar;

import java.util.Arrays;

/// One rule of a [Grammar]: the texts that it stands for. Rules name each other by their place in
/// the grammar's table.
sealed interface Rule {
  /// The empty text.
  record Empty() implements Rule {}

  /// One byte, and then what the rule for that byte says.
  ///
  /// @param first the smallest byte that may come
  /// @param targets rules by byte, from `first` on; [#NONE] where the byte may not come
  record Read(int first, int[] targets) implements Rule {
    static final int NONE = -1;

    static Read of(int b, int target) {
      return new Read(b, new int[] {target});
    }

    /// @param targets of all 256 bytes
    static Read of(int[] targets) {
      int from = 0;
      int to = targets.length;
      while (from < to && targets[from] == NONE) from++;
      while (to > from && targets[to - 1] == NONE) to--;
      return new Read(from, Arrays.copyOfRange(targets, from, to));
    }

    /// The rule after byte `b`, or [#NONE].
    int target(int b) {
      int i = b - first;
      return i >= 0 && i < targets.length ? targets[i] : NONE;
    }

    /// A copy by byte, all 256.
    int[] allTargets() {
      var all = new int[256];
      Arrays.setAll(all, this::target);
      return all;
    }
  }

  /// One rule after the other.
  record Sequence(int head, int tail) implements Rule {}

  /// Any of these.
  record Choice(int[] options) implements Rule {}

  /// The same rule `min` to `max` times; it never stands for the empty text itself.
  record Repeat(int body, int min, int max) implements Rule {
    static final int UNBOUNDED = Integer.MAX_VALUE;

    public Repeat {
      if (min < 0 || max < min)
        throw new IllegalArgumentException("repeat %d to %d times".formatted(min, max));
    }

    /// How many times are noted once one more has come after `count`: no more than tells apart what
    /// may follow.
    int next(int count) {
      return max == UNBOUNDED ? Math.min(count + 1, min) : count + 1;
    }
  }
}
