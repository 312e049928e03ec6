package dev.hone.rag.document;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Tables of records, CSV or JSON Lines. A record is a block of its own that never joins another.
///
/// Fields that only name the record ([#METADATA]) become metadata; the others are its text, a line
/// each. A record with one field of text is that text.
final class Records {
  /// Fields to filter by and to cite, not to search in.
  private static final Set<String> METADATA =
      Set.of("id", "_id", "url", "uri", "link", "href", "source", "lang", "language", "access");

  private Records() {}

  static void csv(byte[] content, DocumentBuilder document) throws UnreadableException {
    var text = PlainText.decode(content);
    try (var rows = CsvReader.builder().ofNamedCsvRecord(text)) {
      for (NamedCsvRecord row : rows) {
        add(row.getFieldsAsMap(), document);
      }
    } catch (CsvParseException e) {
      throw new UnreadableException("is not CSV: " + e.getMessage(), e);
    } catch (java.io.IOException e) {
      throw new UnreadableException("cannot be read: " + e.getMessage(), e);
    }
  }

  static void jsonl(byte[] content, DocumentBuilder document) throws UnreadableException {
    int number = 0;
    for (var line : PlainText.decode(content).split("\\R")) {
      number++;
      if (!line.isBlank()) {
        add(fields(line, number), document);
      }
    }
  }

  private static Map<String, String> fields(String line, int number) throws UnreadableException {
    JsonNode row;
    try {
      row = JsonMapper.shared().readTree(line);
    } catch (JacksonException e) {
      throw new UnreadableException(
          "line %,d is not JSON: %s".formatted(number, e.getOriginalMessage()), e);
    }
    if (!(row instanceof ObjectNode object)) {
      throw new UnreadableException("line %,d is not a JSON object".formatted(number));
    }
    var fields = new LinkedHashMap<String, String>();
    object.forEachEntry((name, value) -> {
      if (!value.isNull()) {
        fields.put(name, value.isString() ? value.stringValue() : value.toString());
      }
    });
    return fields;
  }

  private static void add(Map<String, String> fields, DocumentBuilder document)
      throws UnreadableException {
    var metadata = new LinkedHashMap<String, String>();
    var texts = new LinkedHashMap<String, String>();
    fields.forEach((name, value) -> {
      boolean isMetadata = METADATA.contains(name.toLowerCase(Locale.ROOT));
      if (!value.isBlank()) {
        (isMetadata ? metadata : texts).put(name, value);
      }
    });
    document.record(text(texts), metadata);
  }

  private static String text(Map<String, String> fields) {
    if (fields.size() == 1) {
      return fields.values().iterator().next();
    }
    var text = new StringBuilder();
    fields.forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    return text.toString();
  }
}
