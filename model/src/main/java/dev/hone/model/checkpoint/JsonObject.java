package dev.hone.model.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// A JSON object of a file, read field by field: a wrong type or an absurd value is refused with
/// file and field. A field that is `null` counts as absent.
///
/// @param path the file, for messages
/// @param at where in the file the object stands: empty, or a prefix such as `rope_scaling.`
/// @param node the object
public record JsonObject(Path path, String at, JsonNode node) {

  /// Whether the field stands there with a value other than `null`.
  public boolean has(String field) {
    return node.hasNonNull(field);
  }

  public Set<String> fields() {
    return node.propertyStream()
        .map(java.util.Map.Entry::getKey)
        .collect(java.util.stream.Collectors.toCollection(java.util.LinkedHashSet::new));
  }

  /// An integer in `min..max` that must be there.
  public int integer(String field, int min, int max) throws CheckpointException {
    return optionalInteger(field, min, max)
        .orElseThrow(() -> new CheckpointException(path, "lacks the field " + at + field));
  }

  /// An integer in `min..max`, or empty.
  public OptionalInt optionalInteger(String field, int min, int max) throws CheckpointException {
    if (!has(field)) return OptionalInt.empty();
    return OptionalInt.of(integer(field, node.get(field), min, max));
  }

  private int integer(String field, JsonNode value, int min, int max) throws CheckpointException {
    if (!value.isIntegralNumber()) throw wrong(field, value, "an integer");
    if (!value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
      throw wrong(field, value, "between %d and %d".formatted(min, max));
    }
    return value.intValue();
  }

  /// One integer or a list of them, each in `min..max`; empty where the field is absent.
  public List<Integer> integers(String field, int min, int max) throws CheckpointException {
    if (!has(field)) return List.of();
    var value = node.get(field);
    if (!value.isArray()) return List.of(integer(field, value, min, max));
    var all = new ArrayList<Integer>();
    for (var element : value) all.add(integer(field, element, min, max));
    return List.copyOf(all);
  }

  /// A finite number above zero, or `otherwise` where the field is absent.
  public double positive(String field, double otherwise) throws CheckpointException {
    var number = number(field);
    if (number.isEmpty()) return otherwise;
    double value = number.get();
    if (!(value > 0) || Double.isInfinite(value))
      throw wrong(field, node.get(field), "a number above zero");
    return value;
  }

  /// A finite number above zero that must be there.
  public double positive(String field) throws CheckpointException {
    if (!has(field)) throw new CheckpointException(path, "lacks the field " + at + field);
    return positive(field, 0);
  }

  /// A list of numbers; empty where the field is absent.
  public List<Double> numbers(String field) throws CheckpointException {
    if (!has(field)) return List.of();
    var value = node.get(field);
    if (!value.isArray()) throw wrong(field, value, "a list");
    var all = new ArrayList<Double>();
    for (var element : value) {
      if (!element.isNumber()) throw wrong(field, element, "a number");
      all.add(element.doubleValue());
    }
    return List.copyOf(all);
  }

  /// A number, or empty; infinite where the file's is too large for a `double`.
  public Optional<Double> number(String field) throws CheckpointException {
    if (!has(field)) return Optional.empty();
    var value = node.get(field);
    if (!value.isNumber()) throw wrong(field, value, "a number");
    return Optional.of(value.doubleValue());
  }

  public boolean bool(String field, boolean otherwise) throws CheckpointException {
    if (!has(field)) return otherwise;
    var value = node.get(field);
    if (!value.isBoolean()) throw wrong(field, value, "true or false");
    return value.booleanValue();
  }

  public Optional<String> string(String field) throws CheckpointException {
    if (!has(field)) return Optional.empty();
    var value = node.get(field);
    if (!value.isString()) throw wrong(field, value, "text");
    return Optional.of(value.stringValue());
  }

  /// A list of text; empty where the field is absent.
  public List<String> strings(String field) throws CheckpointException {
    if (!has(field)) return List.of();
    var value = node.get(field);
    if (!value.isArray()) throw wrong(field, value, "a list");
    var all = new ArrayList<String>();
    for (var element : value) {
      if (!element.isString()) throw wrong(field, element, "text");
      all.add(element.stringValue());
    }
    return List.copyOf(all);
  }

  public Optional<JsonObject> object(String field) throws CheckpointException {
    if (!has(field)) return Optional.empty();
    var value = node.get(field);
    if (!value.isObject()) throw wrong(field, value, "an object");
    return Optional.of(new JsonObject(path, at + field + ".", value));
  }

  /// A refusal of the value of `field`, which should have been `wanted`.
  public CheckpointException wrong(String field, JsonNode value, String wanted) {
    return new CheckpointException(
        path, "field %s%s is %s, but must be %s".formatted(at, field, shown(value), wanted));
  }

  private static String shown(JsonNode value) {
    var text = value.toString();
    return Quoted.oneLine(text.length() <= 60 ? text : text.substring(0, 60) + "…");
  }
}
