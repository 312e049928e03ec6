package dev.hone.model.jinja;

import dev.hone.model.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cuts a template into tokens. Whitespace control is settled here, so that the parser never sees
/// it:
///
/// - `-` at a border strips all white space beside it, `+` switches the two rules below off;
/// - `lstrip_blocks`: white space between the start of a line and a block or comment is dropped;
/// - `trim_blocks`: one newline after a block or comment is dropped;
/// - one newline at the end of the template is dropped, and every line ends in `\n`.
final class Lexer {
  private static final Pattern RAW_BEGIN = Pattern.compile("\\{%[-+]?\\s*raw\\s*-?%}");
  private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*[-+]?%}");
  private static final Pattern NUMBER =
      Pattern.compile("\\d+(_\\d+)*(\\.\\d+(_\\d+)*)?([eE][+-]?\\d+)?");
  private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}\\p{M}_]*");
  private static final Pattern OPERATOR =
      Pattern.compile("//|\\*\\*|==|!=|<=|>=|[-+*/%~\\[\\](){}<>=.:|,]");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int pos;
  private boolean isLineStart = true;
  private int linesCountedTo;
  private int line = 1;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String template) {
    var source = template.replace("\r\n", "\n").replace('\r', '\n');
    var lexer =
        new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
    lexer.template();
    lexer.add(Kind.END, "", lexer.source.length());
    return lexer.tokens;
  }

  private void template() {
    while (pos < source.length()) {
      int tag = nextTag();
      if (tag == source.length()) {
        data(pos, source.substring(pos));
        return;
      }
      char type = source.charAt(tag + 1);
      char sign = charAt(tag + 2);
      data(pos, strippedBefore(pos, tag, sign, type != '{'));
      var raw = RAW_BEGIN.matcher(source).region(tag, source.length());
      if (raw.lookingAt()) {
        raw(raw.end());
        continue;
      }
      pos = tag + (sign == '-' || sign == '+' ? 3 : 2);
      switch (type) {
        case '#' -> comment(tag);
        case '%' -> tag(tag, Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
        default -> tag(tag, Kind.PRINT_BEGIN, Kind.PRINT_END, "}}");
      }
    }
  }

  private int nextTag() {
    for (int i = pos; i + 1 < source.length(); i++) {
      if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) return i;
    }
    return source.length();
  }

  /// The text from `from` up to the tag at `to`, less what the tag's sign or `lstrip_blocks` takes.
  private String strippedBefore(int from, int to, char sign, boolean lstrip) {
    var text = source.substring(from, to);
    if (sign == '-') return PythonText.strip(text, PythonText.WHITESPACE, false, true);
    if (sign == '+' || !lstrip) return text;
    int line = text.lastIndexOf('\n') + 1;
    boolean isBlank =
        PythonText.strip(text.substring(line), PythonText.WHITESPACE, true, false).isEmpty();
    return isBlank && (line > 0 || isLineStart) ? text.substring(0, line) : text;
  }

  private void data(int from, String text) {
    if (!text.isEmpty()) add(Kind.DATA, text, from);
  }

  private void raw(int contentStart) {
    int from = contentStart;
    if (source.charAt(contentStart - 3) == '-') from = skipWhitespace(contentStart);
    isLineStart = source.charAt(from - 1) == '\n';
    var end = RAW_END.matcher(source);
    if (!end.find(from)) throw at(contentStart, "'raw' is not closed by 'endraw'");
    data(
        from,
        strippedBefore(
            from, end.start(), end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0), true));
    pos = source.indexOf("%}", end.start() + 2);
    if (source.charAt(pos - 1) == '-' || source.charAt(pos - 1) == '+') pos--;
    close("%}", true);
  }

  private void comment(int start) {
    int end = source.indexOf("#}", pos);
    if (end < 0) throw at(start, "the comment is not closed by '#}'");
    boolean hasSign = end > pos && (source.charAt(end - 1) == '-' || source.charAt(end - 1) == '+');
    pos = hasSign ? end - 1 : end;
    close("#}", true);
  }

  private void tag(int start, Kind begin, Kind end, String marker) {
    add(begin, source.substring(start, start + 2), start);
    int depth = 0;
    while (true) {
      pos = skipWhitespace(pos);
      if (pos >= source.length()) throw at(start, "the tag is not closed by '" + marker + "'");
      int here = pos;
      if (depth == 0 && close(marker, end == Kind.BLOCK_END)) {
        add(end, marker, here);
        return;
      }
      depth += token();
    }
  }

  /// Steps over the end of a tag with its sign and the white space that goes with it.
  private boolean close(String marker, boolean isBlock) {
    boolean strips = charAt(pos) == '-' && source.startsWith(marker, pos + 1);
    boolean keeps = isBlock && charAt(pos) == '+' && source.startsWith(marker, pos + 1);
    if (!strips && !keeps && !source.startsWith(marker, pos)) return false;
    pos += strips || keeps ? 3 : 2;
    if (strips) pos = skipWhitespace(pos);
    else if (isBlock && !keeps && charAt(pos) == '\n') pos++;
    isLineStart = source.charAt(pos - 1) == '\n';
    return true;
  }

  /// Takes one token inside a tag; the answer is how it changes the depth of brackets.
  private int token() {
    char c = source.charAt(pos);
    if (c == '\'' || c == '"') {
      string(c);
    } else if (Character.isDigit(c)) {
      var text = match(NUMBER);
      boolean isInteger = text.chars().allMatch(d -> Character.isDigit(d) || d == '_');
      add(isInteger ? Kind.INTEGER : Kind.FLOAT, text.replace("_", ""), pos - text.length());
    } else if (NAME.matcher(source).region(pos, source.length()).lookingAt()) {
      var text = match(NAME);
      add(Kind.NAME, text, pos - text.length());
    } else {
      var text = match(OPERATOR);
      add(Kind.OPERATOR, text, pos - text.length());
      return "([{".contains(text) ? 1 : ")]}".contains(text) ? -1 : 0;
    }
    return 0;
  }

  private String match(Pattern pattern) {
    Matcher matcher = pattern.matcher(source).region(pos, source.length());
    if (!matcher.lookingAt()) {
      throw at(
          pos, "unexpected character '%s'".formatted(Character.toString(source.codePointAt(pos))));
    }
    pos = matcher.end();
    return matcher.group();
  }

  private void string(char quote) {
    int start = pos++;
    while (charAt(pos) != quote) {
      if (pos >= source.length()) throw at(start, "the string is not closed");
      pos += source.charAt(pos) == '\\' ? 2 : 1;
    }
    add(Kind.STRING, PythonText.unescape(source.substring(start + 1, pos)), start);
    pos++;
  }

  private int skipWhitespace(int from) {
    int i = from;
    while (i < source.length() && PythonText.isSpace(source.charAt(i))) i++;
    return i;
  }

  private char charAt(int index) {
    return index < source.length() ? source.charAt(index) : '\0';
  }

  private void add(Kind kind, String text, int at) {
    tokens.add(new Token(kind, text, lineOf(at)));
  }

  private int lineOf(int at) {
    while (linesCountedTo < at) {
      if (source.charAt(linesCountedTo++) == '\n') line++;
    }
    return line;
  }

  private SyntaxError at(int position, String message) {
    return new SyntaxError(message, lineOf(position));
  }
}
