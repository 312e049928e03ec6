package dev.hone.model.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// Python's rules about text where Java's differ: white space, lines, escapes, quoting, and how a
/// float is written.
final class PythonText {
  /// Every character that `str.isspace` calls white; all are in the basic plane.
  static final String WHITESPACE =
      "\t\n"
          + "\u000b\f\r"
          + "\u001c\u001d\u001e\u001f"
          + " \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
          + "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

  private static final String SIMPLE_ESCAPES = "\\\\''\"\"a\u0007b\bf\fn\nr\rt\tv\u000b";

  private PythonText() {}

  static boolean isSpace(int codePoint) {
    return WHITESPACE.indexOf(codePoint) >= 0;
  }

  /// @param chars the characters to take off
  static String strip(String text, String chars, boolean left, boolean right) {
    int start = 0;
    int end = text.length();
    while (left && start < end && chars.indexOf(text.codePointAt(start)) >= 0) {
      start += Character.charCount(text.codePointAt(start));
    }
    while (right && start < end && chars.indexOf(text.codePointBefore(end)) >= 0) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return text.substring(start, end);
  }

  /// `str.split()` with no separator.
  static List<Object> splitAtSpace(String text, long maxSplit) {
    var parts = new ArrayList<Object>();
    var rest = strip(text, WHITESPACE, true, false);
    while (!rest.isEmpty()) {
      int end = 0;
      while (end < rest.length() && !isSpace(rest.charAt(end))) end++;
      if (maxSplit >= 0 && parts.size() == maxSplit) end = rest.length();
      parts.add(
          end == rest.length()
              ? strip(rest, WHITESPACE, maxSplit < 0, false)
              : rest.substring(0, end));
      rest = strip(rest.substring(end), WHITESPACE, true, false);
    }
    return parts;
  }

  /// `str.splitlines()`
  static List<String> lines(String text) {
    var lines = new ArrayList<String>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if ("\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029".indexOf(text.charAt(i)) < 0) continue;
      lines.add(text.substring(start, i));
      if (text.startsWith("\r\n", i)) i++;
      start = i + 1;
    }
    if (start < text.length()) lines.add(text.substring(start));
    return lines;
  }

  /// The text of a string literal, its escapes resolved; an unknown escape stays as it is.
  static String unescape(String literal) {
    if (literal.indexOf('\\') < 0) return literal;
    var text = new StringBuilder();
    int i = 0;
    while (i < literal.length()) {
      char c = literal.charAt(i++);
      if (c == '\\') i = escape(literal, i, text);
      else text.append(c);
    }
    return text.toString();
  }

  /// Resolves the escape whose letter is at `at`; the answer is where the text goes on.
  private static int escape(String literal, int at, StringBuilder text) {
    char c = literal.charAt(at);
    int simple = SIMPLE_ESCAPES.indexOf(c);
    if (c == '\n') return at + 1;
    if (c == 'x') return hexEscape(literal, at + 1, 2, text);
    if (c == 'u') return hexEscape(literal, at + 1, 4, text);
    if (c == 'U') return hexEscape(literal, at + 1, 8, text);
    if (c >= '0' && c <= '7') return octalEscape(literal, at, text);
    if (simple >= 0 && simple % 2 == 0) {
      text.append(SIMPLE_ESCAPES.charAt(simple + 1));
      return at + 1;
    }
    text.append('\\').append(c);
    return at + 1;
  }

  private static int hexEscape(String literal, int from, int digits, StringBuilder text) {
    int end = Math.min(from + digits, literal.length());
    var hex = literal.substring(from, end);
    if (hex.length() < digits || !hex.chars().allMatch(d -> Character.digit(d, 16) >= 0)) {
      throw new TemplateException("broken escape in the string '" + Token.shown(literal) + "'");
    }
    long codePoint = Long.parseLong(hex, 16);
    if (codePoint > Character.MAX_CODE_POINT)
      throw new TemplateException("no such character: " + hex);
    text.appendCodePoint((int) codePoint);
    return end;
  }

  private static int octalEscape(String literal, int from, StringBuilder text) {
    int end = from;
    int value = 0;
    while (end < Math.min(from + 3, literal.length())
        && Character.digit(literal.charAt(end), 8) >= 0) {
      value = value * 8 + Character.digit(literal.charAt(end++), 8);
    }
    text.appendCodePoint(value);
    return end;
  }

  /// `repr` of a string.
  static String quoted(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    var out = new StringBuilder().append(quote);
    text.codePoints().forEach(c -> quoteCharacter(c, quote, out));
    return out.append(quote).toString();
  }

  private static void quoteCharacter(int c, char quote, StringBuilder out) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\\' -> out.append("\\\\");
      default -> {
        if (c == quote) out.append('\\').append(quote);
        else if (isPrintable(c)) out.appendCodePoint(c);
        else
          out.append(
              c < 0x100
                  ? "\\x%02x".formatted(c)
                  : c < 0x10000 ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c));
      }
    }
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /// `repr` of a float: the shortest digits that give the same number back.
  static String ofDouble(double value) {
    if (Double.isNaN(value)) return "nan";
    if (Double.isInfinite(value)) return value > 0 ? "inf" : "-inf";
    if (value == 0) return 1 / value > 0 ? "0.0" : "-0.0";
    var shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent < -4 || exponent >= 16) return scientific(shortest, exponent);
    var plain = shortest.toPlainString();
    return plain.indexOf('.') < 0 ? plain + ".0" : plain;
  }

  private static String scientific(BigDecimal value, int exponent) {
    var digits = value.unscaledValue().abs().toString();
    var mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return (value.signum() < 0 ? "-" : "")
        + mantissa
        + "e%s%02d".formatted(exponent < 0 ? "-" : "+", Math.abs(exponent));
  }
}
