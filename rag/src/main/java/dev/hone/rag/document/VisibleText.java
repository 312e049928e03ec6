package dev.hone.rag.document;

import java.text.Normalizer;

/// What a person sees of a text: no control, zero-width or direction characters, no tag characters
/// and variation selectors (instructions are smuggled in those), no half characters.
final class VisibleText {
  private final StringBuilder text = new StringBuilder();
  private long stripped;

  private VisibleText() {}

  /// The visible text of a part, and how many characters were left out of it.
  record Result(String text, long stripped) {}

  /// Keeps the text's lines; white space otherwise becomes one space.
  static Result lines(String raw) {
    return of(raw, true);
  }

  /// Joins lines: all white space becomes one space.
  static Result flowing(String raw) {
    return of(raw, false);
  }

  private static Result of(String raw, boolean keepsLines) {
    var visible = new VisibleText();
    visible.add(raw, keepsLines);
    var clean = visible.text.toString().strip();
    return new Result(Normalizer.normalize(clean, Normalizer.Form.NFC), visible.stripped);
  }

  private void add(String raw, boolean keepsLines) {
    int length = raw.length();
    for (int i = 0; i < length; ) {
      int c = raw.codePointAt(i);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        space(keepsLines && c == '\n');
      } else if (isVisible(raw, i, c)) {
        text.appendCodePoint(c);
      } else {
        stripped++;
      }
      i += Character.charCount(c);
    }
  }

  private void space(boolean isLineEnd) {
    int last = text.length() - 1;
    boolean isAfterSpace = last >= 0 && text.charAt(last) == ' ';
    if (isLineEnd) {
      text.setLength(isAfterSpace ? last : last + 1);
      text.append('\n');
    } else if (last >= 0 && !isAfterSpace && text.charAt(last) != '\n') {
      text.append(' ');
    }
  }

  private boolean isVisible(String raw, int place, int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.SURROGATE, Character.UNASSIGNED -> false;
      case Character.FORMAT -> isJoiner(c) && joins(raw, place);
      default -> !(0xFE00 <= c && c <= 0xFE0F) && !(0xE0000 <= c && c <= 0xE0FFF);
    };
  }

  private static boolean isJoiner(int c) {
    return c == 0x200C || c == 0x200D;
  }

  /// Joiners shape Persian and Indic words and emoji; between Latin letters they hide something.
  private boolean joins(String raw, int place) {
    return !text.isEmpty()
        && text.charAt(text.length() - 1) > 0x500
        && place + 1 < raw.length()
        && raw.charAt(place + 1) > 0x500;
  }
}
