package dev.hone.model.grammar;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The rule of the integers between two bounds, in decimal without needless zeros.
///
/// A beginning may be followed by a digit where some number that begins so lies within the bounds.
/// Beginnings after which the same digits may come share a rule: there are a few for each length.
final class IntegerRange {
  /// The largest magnitude.
  static final long LARGEST = 999_999_999_999_999_999L;

  private final GrammarBuilder builder;
  private final long from;
  private final long to;
  private final Map<String, Integer> ruleByRest = new HashMap<>();

  private IntegerRange(GrammarBuilder builder, long from, long to) {
    this.builder = builder;
    this.from = from;
    this.to = to;
  }

  /// @param from at least minus [#LARGEST]
  /// @param to at least `from`, at most [#LARGEST]
  static int of(GrammarBuilder builder, long from, long to) {
    if (from > to || from < -LARGEST || to > LARGEST)
      throw new IllegalArgumentException("integers from %d to %d".formatted(from, to));
    if (from >= 0) return magnitudes(builder, from, to);
    int negative = builder.read('-', magnitudes(builder, Math.max(1, -to), -from));
    return to < 0 ? negative : builder.choice(negative, magnitudes(builder, 0, to));
  }

  /// Integers without a sign.
  static int magnitudes(GrammarBuilder builder, long from, long to) {
    return new IntegerRange(builder, from, to).first();
  }

  /// A digit from `first` to `last`, then `next`.
  static int digits(GrammarBuilder builder, char first, char last, int next) {
    var targets = none();
    Arrays.fill(targets, first, last + 1, next);
    return builder.read(targets);
  }

  private static int[] none() {
    var targets = new int[256];
    Arrays.fill(targets, Rule.Read.NONE);
    return targets;
  }

  private int first() {
    var targets = digitTargets(0);
    targets['0'] = from == 0 ? GrammarBuilder.EMPTY : Rule.Read.NONE;
    return builder.read(targets);
  }

  /// What follows the number that was read so far, and is not 0.
  private int after(long read) {
    var rest = rest(read);
    var known = ruleByRest.get(rest);
    if (known != null) return known;
    int rule = makeAfter(read);
    ruleByRest.put(rest, rule);
    return rule;
  }

  private int makeAfter(long read) {
    boolean isWithin = from <= read && read <= to;
    if (!canGrow(read)) return GrammarBuilder.EMPTY;
    int more = builder.read(digitTargets(read));
    return isWithin ? builder.choice(GrammarBuilder.EMPTY, more) : more;
  }

  private int[] digitTargets(long read) {
    var targets = none();
    for (int digit = read == 0 ? 1 : 0; digit <= 9; digit++) {
      long next = read * 10 + digit;
      if (next <= to && isBeginning(next)) targets['0' + digit] = after(next);
    }
    return targets;
  }

  private boolean canGrow(long read) {
    return read <= LARGEST / 10 && read * 10 <= to && isBeginning(read * 10, read * 10 + 9);
  }

  /// Whether a number within the bounds begins with `read`.
  private boolean isBeginning(long read) {
    return isBeginning(read, read);
  }

  private boolean isBeginning(long low, long high) {
    while (low <= to) {
      if (high >= from) return true;
      if (low > LARGEST / 10) return false;
      low *= 10;
      high = high * 10 + 9;
    }
    return false;
  }

  /// For each number of further digits, whether all, none or some of the numbers are within the
  /// bounds; with the number itself where it's some. The same for beginnings that may be followed
  /// by the same.
  private String rest(long read) {
    var rest = new StringBuilder();
    boolean isSome = false;
    long low = read;
    long high = read;
    while (low <= to) {
      boolean isAll = from <= low && high <= to;
      isSome |= !isAll && high >= from;
      rest.append(isAll ? 'a' : high >= from ? 's' : 'n');
      if (low > LARGEST / 10) break;
      low *= 10;
      high = high * 10 + 9;
    }
    return isSome ? rest.append(read).toString() : rest.toString();
  }
}
