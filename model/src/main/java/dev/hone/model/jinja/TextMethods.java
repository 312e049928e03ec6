package dev.hone.model.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/// Methods of Python's `str`.
final class TextMethods {
  /// Methods of Python's `str` that are refused when called.
  static final Set<String> UNSUPPORTED =
      Set.of(
          "casefold",
          "center",
          "encode",
          "expandtabs",
          "format",
          "format_map",
          "isascii",
          "isdecimal",
          "isidentifier",
          "isnumeric",
          "isprintable",
          "istitle",
          "maketrans",
          "swapcase",
          "translate");

  static final Map<String, Routine<String>> ALL =
      Map.ofEntries(
          of("capitalize", "", (py, text, args) -> capitalize(text)),
          of("count", "sub", (py, text, args) -> count(text, args.text(0))),
          of("endswith", "suffix", (py, text, args) -> anyOf(args, text::endsWith)),
          of("find", "sub", (py, text, args) -> codePoints(text, text.indexOf(args.text(0)))),
          of("index", "sub", (py, text, args) -> found(text, text.indexOf(args.text(0)))),
          of("isalnum", "", (py, text, args) -> all(text, Character::isLetterOrDigit)),
          of("isalpha", "", (py, text, args) -> all(text, Character::isLetter)),
          of("isdigit", "", (py, text, args) -> all(text, Character::isDigit)),
          of(
              "islower",
              "",
              (py, text, args) -> text.equals(lower(text)) && !text.equals(upper(text))),
          of("isspace", "", (py, text, args) -> all(text, PythonText::isSpace)),
          of(
              "isupper",
              "",
              (py, text, args) -> text.equals(upper(text)) && !text.equals(lower(text))),
          of("join", "iterable", (py, text, args) -> join(py, text, args.value(0))),
          of("ljust", "width fillchar?", (py, text, args) -> text + padding(text, args)),
          of("lower", "", (py, text, args) -> lower(text)),
          of(
              "lstrip",
              "chars?",
              (py, text, args) ->
                  PythonText.strip(text, args.text(0, PythonText.WHITESPACE), true, false)),
          of(
              "partition",
              "sep",
              (py, text, args) -> partition(text, args.text(0), text.indexOf(args.text(0)), true)),
          of("removeprefix", "prefix", (py, text, args) -> removePrefix(text, args.text(0))),
          of("removesuffix", "suffix", (py, text, args) -> removeSuffix(text, args.text(0))),
          of(
              "replace",
              "old new count?",
              (py, text, args) -> replace(text, args.text(0), args.text(1), args.integer(2, -1))),
          of("rfind", "sub", (py, text, args) -> codePoints(text, text.lastIndexOf(args.text(0)))),
          of("rindex", "sub", (py, text, args) -> found(text, text.lastIndexOf(args.text(0)))),
          of("rjust", "width fillchar?", (py, text, args) -> padding(text, args) + text),
          of(
              "rpartition",
              "sep",
              (py, text, args) ->
                  partition(text, args.text(0), text.lastIndexOf(args.text(0)), false)),
          of("rsplit", "sep? maxsplit?", TextMethods::splitFromRight),
          of(
              "rstrip",
              "chars?",
              (py, text, args) ->
                  PythonText.strip(text, args.text(0, PythonText.WHITESPACE), false, true)),
          of("split", "sep? maxsplit?", TextMethods::split),
          of("splitlines", "", (py, text, args) -> new ArrayList<Object>(PythonText.lines(text))),
          of("startswith", "prefix", (py, text, args) -> anyOf(args, text::startsWith)),
          of(
              "strip",
              "chars?",
              (py, text, args) ->
                  PythonText.strip(text, args.text(0, PythonText.WHITESPACE), true, true)),
          of("title", "", (py, text, args) -> title(text)),
          of("upper", "", (py, text, args) -> upper(text)),
          of("zfill", "width", (py, text, args) -> zeroFill(text, args.integer(0, 0))));

  private TextMethods() {}

  private static Map.Entry<String, Routine<String>> of(
      String name, String signature, Routine.Body<String> body) {
    return Map.entry(name, new Routine<>(signature, body));
  }

  static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  static String capitalize(String text) {
    if (text.isEmpty()) return text;
    int end = text.offsetByCodePoints(0, 1);
    return titleCase(text.codePointAt(0)) + lower(text.substring(end));
  }

  private static String titleCase(int codePoint) {
    var text = Character.toString(codePoint);
    var upper = upper(text);
    if (upper.codePointCount(0, upper.length()) == 1)
      return Character.toString(Character.toTitleCase(codePoint));
    return upper.substring(0, 1) + lower(upper.substring(1)); // ß becomes Ss
  }

  private static String title(String text) {
    var out = new StringBuilder();
    boolean isInside = false;
    for (int c : text.codePoints().toArray()) {
      out.append(isInside ? lower(Character.toString(c)) : titleCase(c));
      isInside = Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }
    return out.toString();
  }

  private static boolean all(String text, IntPredicate condition) {
    return !text.isEmpty() && text.codePoints().allMatch(condition);
  }

  private static long count(String text, String part) {
    if (part.isEmpty()) return Python.length(text) + 1;
    long count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) count++;
    return count;
  }

  /// The index of Java's text as one of Python's.
  private static long codePoints(String text, int index) {
    return index < 0 ? -1 : text.codePointCount(0, index);
  }

  private static long found(String text, int index) {
    if (index < 0) throw new TemplateException("'index': substring not found");
    return codePoints(text, index);
  }

  private static boolean anyOf(Bound args, java.util.function.Predicate<String> condition) {
    if (!(args.value(0) instanceof Tuple options)) return condition.test(args.text(0));
    return options.stream()
        .anyMatch(option -> option instanceof String text && condition.test(text));
  }

  private static String join(Python python, String separator, Object iterable) {
    if (iterable instanceof Undefined undefined) throw undefined.failure();
    var out = new StringBuilder();
    var between = "";
    for (var item : python.items(iterable)) {
      if (!(item instanceof String text)) {
        throw new TemplateException("'join' of text asks for texts, got " + Python.described(item));
      }
      Budget.append(out, between);
      Budget.append(out, text);
      between = separator;
    }
    return out.toString();
  }

  private static String padding(String text, Bound args) {
    long missing = Math.max(0, args.integer(0, 0) - Python.length(text));
    Budget.checkLength(missing);
    return args.text(1, " ").repeat((int) missing);
  }

  private static Tuple partition(String text, String separator, int at, boolean isFromLeft) {
    refuseEmpty(separator);
    if (at < 0) return new Tuple(isFromLeft ? List.of(text, "", "") : List.of("", "", text));
    return new Tuple(
        List.of(text.substring(0, at), separator, text.substring(at + separator.length())));
  }

  private static String removePrefix(String text, String prefix) {
    return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
  }

  private static String removeSuffix(String text, String suffix) {
    return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
  }

  /// @param limit how many are replaced, from the left; all of them where negative
  static String replace(String text, String old, String replacement, int limit) {
    if (old.isEmpty()) return interleave(text, replacement, limit);
    var out = new StringBuilder();
    int from = 0;
    int left = limit;
    for (int at = text.indexOf(old); at >= 0 && left != 0; at = text.indexOf(old, from)) {
      Budget.append(out, text.substring(from, at));
      Budget.append(out, replacement);
      from = at + old.length();
      left--;
    }
    Budget.append(out, text.substring(from));
    return out.toString();
  }

  /// Replacing the empty text puts the replacement before every character and at the end.
  private static String interleave(String text, String replacement, int limit) {
    var out = new StringBuilder();
    int left = limit;
    for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
      if (left-- != 0) Budget.append(out, replacement);
      else left = 0;
      Budget.append(out, Character.toString(text.codePointAt(i)));
    }
    if (left != 0) Budget.append(out, replacement);
    return out.toString();
  }

  private static Object split(Python python, String text, Bound args) {
    int limit = args.integer(1, -1);
    if (args.value(0) == null) return PythonText.splitAtSpace(text, limit);
    var separator = refuseEmpty(args.text(0));
    var parts = new ArrayList<Object>();
    int from = 0;
    for (int at = text.indexOf(separator);
        at >= 0 && parts.size() != limit;
        at = text.indexOf(separator, from)) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static Object splitFromRight(Python python, String text, Bound args) {
    int limit = args.integer(1, -1);
    if (limit < 0) return split(python, text, args);
    if (args.value(0) == null)
      throw new TemplateException("'rsplit' with a limit needs a separator");
    var separator = refuseEmpty(args.text(0));
    var parts = new ArrayList<Object>();
    var rest = text;
    for (int at = rest.lastIndexOf(separator);
        at >= 0 && parts.size() != limit;
        at = rest.lastIndexOf(separator)) {
      parts.add(rest.substring(at + separator.length()));
      rest = rest.substring(0, at);
    }
    parts.add(rest);
    Collections.reverse(parts);
    return parts;
  }

  private static String refuseEmpty(String separator) {
    if (separator.isEmpty()) throw new TemplateException("the separator is empty");
    return separator;
  }

  private static String zeroFill(String text, int width) {
    long missing = Math.max(0, width - Python.length(text));
    Budget.checkLength(missing);
    boolean isSigned = text.startsWith("-") || text.startsWith("+");
    var sign = isSigned ? text.substring(0, 1) : "";
    return sign + "0".repeat((int) missing) + text.substring(sign.length());
  }
}
