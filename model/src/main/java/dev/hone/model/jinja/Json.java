package dev.hone.model.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes JSON as Python's `json.dumps` does: its blanks, its numbers, and nothing escaped for
/// HTML.
///
/// @param indent what one level adds; empty for all on one line
/// @param itemSeparator between items, without the newline of an indented one
/// @param keySeparator between key and value
/// @param isAsciiOnly escape all that isn't ASCII
/// @param sortsKeys order the keys of objects
record Json(
    Optional<String> indent,
    String itemSeparator,
    String keySeparator,
    boolean isAsciiOnly,
    boolean sortsKeys) {
  /// The defaults of the filter `tojson`.
  static final Json PLAIN = new Json(Optional.empty(), ", ", ": ", false, false);

  String write(Object value) {
    var out = new StringBuilder();
    write(value, 0, out);
    return out.toString();
  }

  private void write(Object value, int depth, StringBuilder out) {
    switch (value) {
      case null -> Budget.append(out, "null");
      case String text -> string(text, out);
      case Boolean bool -> Budget.append(out, bool.toString());
      case Double number -> Budget.append(out, ofDouble(number));
      case Number number -> Budget.append(out, number.toString());
      case List<?> list -> {
        var items = new ArrayList<Runnable>();
        for (var item : list) items.add(() -> write(item, depth + 1, out));
        bracketed('[', items, ']', depth, out);
      }
      case Map<?, ?> map -> bracketed('{', members(map, depth, out), '}', depth, out);
      default -> throw new TemplateException("tojson: no JSON for " + Python.described(value));
    }
  }

  private List<Runnable> members(Map<?, ?> map, int depth, StringBuilder out) {
    var entries = new ArrayList<Map.Entry<?, ?>>(map.entrySet());
    if (sortsKeys) entries.sort(Comparator.comparing(entry -> key(entry.getKey())));
    var members = new ArrayList<Runnable>();
    for (var entry : entries) {
      members.add(() -> {
        string(key(entry.getKey()), out);
        Budget.append(out, keySeparator);
        write(entry.getValue(), depth + 1, out);
      });
    }
    return members;
  }

  private static String key(Object key) {
    return key instanceof String text ? text : PLAIN.write(key);
  }

  private void bracketed(
      char open, List<Runnable> items, char close, int depth, StringBuilder out) {
    out.append(open);
    for (int i = 0; i < items.size(); i++) {
      if (i > 0) Budget.append(out, itemSeparator);
      indent.ifPresent(by -> Budget.append(out, "\n" + by.repeat(depth + 1)));
      items.get(i).run();
    }
    if (!items.isEmpty()) indent.ifPresent(by -> Budget.append(out, "\n" + by.repeat(depth)));
    out.append(close);
  }

  private static String ofDouble(double number) {
    if (Double.isNaN(number)) return "NaN";
    if (Double.isInfinite(number)) return number > 0 ? "Infinity" : "-Infinity";
    return PythonText.ofDouble(number);
  }

  private void string(String text, StringBuilder out) {
    Budget.checkLength((long) out.length() + text.length());
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20 || isAsciiOnly && c > 0x7e) out.append("\\u%04x".formatted((int) c));
          else out.append(c);
        }
      }
    }
    out.append('"');
  }
}
