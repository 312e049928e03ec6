package dev.hone.model.jinja;

/// What one rendering may use, so that a hostile template ends: steps, and characters in any one
/// text.
///
/// A step is an expression, a statement or a turn of a loop; an operation over text or lists costs
/// one more for each 16 characters or items.
final class Budget {
  /// Longest text, in UTF-16 units.
  static final int MAX_TEXT = 50_000_000;

  /// Steps of one rendering: a few seconds.
  static final long MAX_STEPS = 20_000_000L;

  private long steps;

  void step() {
    spend(1);
  }

  /// Pays for reading or writing `value`.
  void spendOn(Object value) {
    if (value instanceof String text) spend(text.length() >> 4);
    else if (value instanceof java.util.Collection<?> items) spend(items.size() >> 4);
  }

  private void spend(long amount) {
    steps += amount;
    if (steps > MAX_STEPS)
      throw new TemplateException("the template takes more than " + MAX_STEPS + " steps");
  }

  /// Refuses a text that would be too long, before it is made.
  static void checkLength(long length) {
    if (length > MAX_TEXT)
      throw new TemplateException("a text grows longer than " + MAX_TEXT + " characters");
  }

  /// Appends within the limit.
  static void append(StringBuilder to, String text) {
    checkLength((long) to.length() + text.length());
    to.append(text);
  }
}
