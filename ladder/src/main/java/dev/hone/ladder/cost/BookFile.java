package dev.hone.ladder.cost;

import dev.hone.model.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Prices as a YAML file has them.
///
/// @param collected when; for people
record BookFile(String collected, List<Price> prices, List<Caching> caching, List<Event> events) {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  BookFile {
    prices = prices == null ? List.of() : List.copyOf(prices); // where the file has none
    caching = caching == null ? List.of() : List.copyOf(caching);
    events = events == null ? List.of() : List.copyOf(events);
  }

  /// @param file for errors
  /// @throws UsageException with file, line and field where the text is no price book
  static BookFile parse(Path file, String text) {
    try {
      return YAML.readValue(text, BookFile.class);
    } catch (JacksonException e) {
      throw new UsageException(
          "%s, line %d: %s".formatted(file, line(e, text), words(e)),
          "docs/cost.md shows the form");
    }
  }

  /// Jackson does not know the line of an unknown field that stands outermost.
  private static int line(JacksonException e, String text) {
    if (e.getLocation() != null && e.getLocation().getLineNr() > 0) {
      return e.getLocation().getLineNr();
    }
    var field =
        e.getPath().isEmpty() ? "" : String.valueOf(e.getPath().getLast().getPropertyName());
    var lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(field)) {
        return i + 1;
      }
    }
    return 1;
  }

  private static String words(JacksonException e) {
    var what =
        switch (e) {
          case UnrecognizedPropertyException any -> "no such field";
          case InvalidFormatException format -> "'%s' does not fit".formatted(format.getValue());
          case ValueInstantiationException made when made.getCause() != null ->
              made.getCause().getMessage();
          case DatabindException any -> "this does not fit here";
          default -> e.getOriginalMessage().lines().findFirst().orElse("no YAML");
        };
    var path =
        e.getPath().stream()
            .map(at ->
                at.getPropertyName() == null
                    ? "[%d]".formatted(at.getIndex())
                    : at.getPropertyName())
            .collect(Collectors.joining("."))
            .replace(".[", "[");
    return path.isEmpty() ? what : path + ": " + what;
  }
}
