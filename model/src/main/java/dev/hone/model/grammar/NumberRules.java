package dev.hone.model.grammar;

/// The rules of JSON's numbers, with so many digits that a `long` holds either part, and exponents
/// within a `double`'s.
final class NumberRules {
  private static final int MAX_FRACTION = 18;

  private final GrammarBuilder builder;
  private final int digit;

  NumberRules(GrammarBuilder builder) {
    this.builder = builder;
    this.digit = IntegerRange.digits(builder, '0', '9', GrammarBuilder.EMPTY);
  }

  /// Any number.
  int any() {
    int unsigned =
        builder.sequence(
            IntegerRange.magnitudes(builder, 0, IntegerRange.LARGEST),
            builder.choice(GrammarBuilder.EMPTY, fraction()),
            builder.choice(GrammarBuilder.EMPTY, exponent()));
    return builder.choice(unsigned, builder.read('-', unsigned));
  }

  /// The numbers between two integers, without exponents.
  ///
  /// @param isFromOut whether `from` itself is left out
  /// @param isToOut whether `to` itself is left out
  /// @return what satisfies nothing, where the bounds leave nothing
  int between(long from, boolean isFromOut, long to, boolean isToOut) {
    long first = isFromOut ? from + 1 : from;
    long last = isToOut ? to - 1 : to;
    int integers = first <= last ? IntegerRange.of(builder, first, last) : builder.nothing();
    int above = from < to && to > 0 ? fractions(Math.max(0, from), to - 1) : builder.nothing();
    int below =
        from < to && from < 0
            ? builder.read('-', fractions(Math.max(0, -to), -from - 1))
            : builder.nothing();
    return builder.choice(integers, above, below);
  }

  /// Numbers that are no integers, by the integer in front of the point.
  private int fractions(long from, long to) {
    int zeros = builder.repeat(builder.read('0', GrammarBuilder.EMPTY), 0, MAX_FRACTION / 2 - 1);
    int nonzero = IntegerRange.digits(builder, '1', '9', GrammarBuilder.EMPTY);
    int more = builder.repeat(digit, 0, MAX_FRACTION / 2);
    return builder.sequence(
        IntegerRange.magnitudes(builder, from, to),
        builder.read('.', builder.sequence(zeros, nonzero, more)));
  }

  private int fraction() {
    return builder.read('.', builder.repeat(digit, 1, MAX_FRACTION));
  }

  private int exponent() {
    int digits = builder.repeat(digit, 1, 2);
    int signed = builder.choice(digits, builder.read('+', digits), builder.read('-', digits));
    return builder.choice(builder.read('e', signed), builder.read('E', signed));
  }
}
