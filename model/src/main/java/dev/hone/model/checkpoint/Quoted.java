package dev.hone.model.checkpoint;

/// Text from a file, made fit to stand in a one-line message: control characters escaped, long text
/// cut.
public final class Quoted {
  private static final int MAX_LENGTH = 120;

  private Quoted() {}

  public static String of(String text) {
    var shown = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
    return "'" + oneLine(shown) + "'";
  }

  public static String oneLine(String text) {
    var line = new StringBuilder(text.length());
    text.codePoints().forEach(c -> append(line, c));
    return line.toString();
  }

  private static void append(StringBuilder line, int codePoint) {
    switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          line.append("\\u%04x".formatted(codePoint));
      default -> line.appendCodePoint(codePoint);
    }
  }
}
