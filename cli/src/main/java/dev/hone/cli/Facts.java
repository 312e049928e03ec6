package dev.hone.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// Named facts about something, to be printed as a table or as a JSON object.
final class Facts {
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final List<Section> sections = new ArrayList<>();

  /// Rows of the table under one title.
  private record Section(String title, Table table) {}

  Facts() {
    section("");
  }

  /// Begins a new part of the table.
  Facts section(String title) {
    sections.add(new Section(title, Table.ofFacts()));
    return this;
  }

  /// @param key in JSON
  /// @param label in the table
  /// @param value in JSON: a number, text, boolean, list or map
  /// @param shown in the table
  Facts add(String key, String label, Object value, String shown) {
    values.put(key, value);
    return shownOnly(label, shown);
  }

  /// Text that is the same in both.
  Facts add(String key, String label, String text) {
    return add(key, label, text, text);
  }

  /// A whole number.
  Facts count(String key, String label, long value) {
    return add(key, label, value, Numbers.count(value));
  }

  /// A value that only JSON has.
  Facts jsonOnly(String key, Object value) {
    values.put(key, value);
    return this;
  }

  /// A row that only the table has.
  Facts shownOnly(String label, String shown) {
    sections.getLast().table.row(label, shown);
    return this;
  }

  Map<String, Object> values() {
    return values;
  }

  List<String> lines() {
    var lines = new ArrayList<String>();
    for (var section : sections) {
      if (!section.title.isEmpty()) {
        lines.add("");
        lines.add(section.title);
      }
      lines.addAll(section.table.lines());
    }
    return lines;
  }

  void print(PrintStream out, boolean isJson) {
    if (isJson) {
      out.println(json(values));
    } else {
      lines().forEach(out::println);
    }
  }

  static String json(Object value) {
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(value);
  }
}
