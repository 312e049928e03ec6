package dev.hone.model.jinja;

/// A piece of a template.
///
/// @param text the text of data and of strings with their escapes resolved; else as written
/// @param line where it begins, from 1
record Token(Kind kind, String text, int line) {
  private static final int MOST_SHOWN = 60;

  enum Kind {
    DATA,
    BLOCK_BEGIN,
    BLOCK_END,
    PRINT_BEGIN,
    PRINT_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean isOperator(String operator) {
    return kind == Kind.OPERATOR && text.equals(operator);
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }

  /// How an error calls it.
  String described() {
    return switch (kind) {
      case DATA -> "text";
      case BLOCK_BEGIN -> "'{%'";
      case BLOCK_END -> "'%}'";
      case PRINT_BEGIN -> "'{{'";
      case PRINT_END -> "'}}'";
      case END -> "the end of the template";
      case NAME, STRING, INTEGER, FLOAT, OPERATOR -> "'" + shown(text) + "'";
    };
  }

  /// Not much of a long text.
  static String shown(String text) {
    return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…";
  }
}
