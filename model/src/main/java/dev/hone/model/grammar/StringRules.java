package dev.hone.model.grammar;

import java.util.Arrays;

/// The rule of one character inside a JSON string: valid UTF-8 (Unicode 17, table 3-7) but no
/// control characters, or an escape. A surrogate comes escaped as a pair or not at all.
final class StringRules {
  private static final String DIGITS = "0123456789abcdefABCDEF";

  private final GrammarBuilder builder;

  StringRules(GrammarBuilder builder) {
    this.builder = builder;
  }

  int character() {
    return builder.read(targets());
  }

  /// What follows each byte that may begin a character.
  private int[] targets() {
    var targets = plainTargets();
    targets['\\'] = escape();
    return targets;
  }

  /// The same for a character that is written as itself.
  int[] plainTargets() {
    var targets = none();
    Arrays.fill(targets, ' ', 0x80, GrammarBuilder.EMPTY);
    targets['"'] = Rule.Read.NONE;
    targets['\\'] = Rule.Read.NONE;
    int one = bytes(0x80, 0xBF, GrammarBuilder.EMPTY);
    int two = bytes(0x80, 0xBF, one);
    int three = bytes(0x80, 0xBF, two);
    Arrays.fill(targets, 0xC2, 0xE0, one);
    Arrays.fill(targets, 0xE1, 0xF0, two);
    targets[0xE0] = bytes(0xA0, 0xBF, one); // others would be too long a form
    targets[0xED] = bytes(0x80, 0x9F, one); // others would be surrogates
    Arrays.fill(targets, 0xF1, 0xF4, three);
    targets[0xF0] = bytes(0x90, 0xBF, two);
    targets[0xF4] = bytes(0x80, 0x8F, two); // Unicode ends at U+10FFFF
    return targets;
  }

  private static int[] none() {
    var targets = new int[256];
    Arrays.fill(targets, Rule.Read.NONE);
    return targets;
  }

  private int bytes(int from, int to, int next) {
    var targets = none();
    Arrays.fill(targets, from, to + 1, next);
    return builder.read(targets);
  }

  private int escape() {
    var targets = none();
    for (char c : "\"\\/bfnrt".toCharArray()) targets[c] = GrammarBuilder.EMPTY;
    targets['u'] = fourDigits();
    return builder.read(targets);
  }

  private int fourDigits() {
    int two = digit(DIGITS, digit(DIGITS, GrammarBuilder.EMPTY));
    var first = digits(DIGITS, digit(DIGITS, two));
    int highSurrogate = digit("89abAB", digit(DIGITS, digit(DIGITS, lowSurrogate(two))));
    int afterD = builder.choice(digit("01234567", two), highSurrogate);
    first['d'] = afterD;
    first['D'] = afterD;
    return builder.read(first);
  }

  private int lowSurrogate(int twoDigits) {
    int d = digit("dD", digit("cdefCDEF", twoDigits));
    return builder.read('\\', builder.read('u', d));
  }

  private int digit(String digits, int next) {
    return builder.read(digits(digits, next));
  }

  private static int[] digits(String digits, int next) {
    var targets = none();
    for (char c : digits.toCharArray()) targets[c] = next;
    return targets;
  }
}
