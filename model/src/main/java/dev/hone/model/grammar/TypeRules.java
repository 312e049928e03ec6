package dev.hone.model.grammar;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// The rules of values of one type, with the keywords that belong to it.
final class TypeRules {
  /// Compiles a schema inside a value.
  @FunctionalInterface
  interface Inner {
    int rule(JsonNode schema, SchemaPath at);
  }

  private static final int MAX_PROPERTIES = 1000;
  private static final BigDecimal LARGEST = BigDecimal.valueOf(IntegerRange.LARGEST);

  private final GrammarBuilder builder;
  private final JsonRules json;
  private final Inner inner;

  TypeRules(GrammarBuilder builder, Inner inner) {
    this.builder = builder;
    this.json = new JsonRules(builder);
    this.inner = inner;
  }

  /// Any value.
  int any() {
    return json.any();
  }

  int rule(JsonType type, JsonNode schema, SchemaPath at) {
    return switch (type) {
      case OBJECT -> object(schema, at);
      case ARRAY -> array(schema, at);
      case STRING -> string(schema, at);
      case NUMBER -> number(schema, at);
      case INTEGER -> integer(schema, at);
      case BOOLEAN -> json.bool();
      case NULL -> json.literal("null");
    };
  }

  private int string(JsonNode schema, SchemaPath at) {
    var length = Bounds.read(schema, at, "minLength", "maxLength");
    return json.string(length.min(), length.max());
  }

  private int object(JsonNode schema, SchemaPath at) {
    var names = new LinkedHashMap<String, Boolean>();
    var properties = schema.path("properties");
    if (schema.has("properties") && !properties.isObject())
      throw at.keyword("properties").refused("is no object", "give schemas by name");
    for (var name : properties.propertyNames()) names.put(name, false);
    for (var name : required(schema, at)) names.put(name, true);
    if (names.size() > MAX_PROPERTIES)
      throw at.refused(
          "has %,d properties, more than %,d".formatted(names.size(), MAX_PROPERTIES),
          "name fewer");
    if (names.isEmpty()
        && schema.path("additionalProperties").asBoolean(true)
        && !schema.path("additionalProperties").isObject()) return json.anyObject();
    return new ObjectRules(builder, json, members(names, schema, at)).object(others(schema, at));
  }

  private List<ObjectRules.Member> members(
      Map<String, Boolean> names, JsonNode schema, SchemaPath at) {
    var members = new ArrayList<ObjectRules.Member>();
    names.forEach((name, isRequired) ->
        members.add(new ObjectRules.Member(name, member(name, schema, at), isRequired)));
    return members;
  }

  /// The rule of a property's value; of one that is only required, what others have.
  private int member(String name, JsonNode schema, SchemaPath at) {
    var properties = schema.path("properties");
    if (properties.has(name))
      return inner.rule(properties.get(name), at.keyword("properties").schema(name));
    var additional = schema.path("additionalProperties");
    if (additional.isMissingNode()) return json.any();
    if (additional.isBoolean() && !additional.booleanValue())
      throw at.keyword("required")
          .refused(
              "names %s, which additionalProperties forbids".formatted(ObjectRules.quoted(name)),
              "describe it in properties");
    return inner.rule(additional, at.keyword("additionalProperties").deeper());
  }

  private static List<String> required(JsonNode schema, SchemaPath at) {
    var names = new ArrayList<String>();
    var here = at.keyword("required");
    if (schema.has("required") && !schema.get("required").isArray())
      throw here.refused("is no list", "give the names of properties");
    for (var name : schema.path("required")) {
      if (!name.isString())
        throw here.refused("has %s, which is no name".formatted(name), "give texts");
      names.add(name.stringValue());
    }
    return names;
  }

  private OptionalInt others(JsonNode schema, SchemaPath at) {
    var additional = schema.path("additionalProperties");
    if (additional.isMissingNode() || additional.isBoolean() && !additional.booleanValue())
      return OptionalInt.empty();
    return OptionalInt.of(inner.rule(additional, at.keyword("additionalProperties").deeper()));
  }

  private int array(JsonNode schema, SchemaPath at) {
    var count = Bounds.read(schema, at, "minItems", "maxItems");
    var first = firstItems(schema, at);
    if (first.isEmpty() && !schema.has("items") && count.isFree()) return json.anyArray();
    var rest = laterItems(schema, at);
    if (rest.isEmpty() && count.min() > first.size())
      throw at.keyword("minItems").refused("is more than there may be items", "lower it");
    return new ArrayRules(builder, json, first, rest).array(count);
  }

  /// The schemas of single places: `prefixItems`, or `items` as older standards have it.
  private List<Integer> firstItems(JsonNode schema, SchemaPath at) {
    var keyword = schema.path("items").isArray() ? "items" : "prefixItems";
    var rules = new ArrayList<Integer>();
    if (!schema.has(keyword)) return rules;
    var here = at.keyword(keyword);
    if (!schema.get(keyword).isArray()) throw here.refused("is no list", "give a list of schemas");
    for (var item : schema.get(keyword)) rules.add(inner.rule(item, here.schema(rules.size())));
    return rules;
  }

  /// The rule of all other items; empty where there may be none.
  private OptionalInt laterItems(JsonNode schema, SchemaPath at) {
    var items = schema.path("items");
    if (items.isMissingNode() || items.isArray()) return OptionalInt.of(json.any());
    if (items.isBoolean() && !items.booleanValue()) return OptionalInt.empty();
    return OptionalInt.of(inner.rule(items, at.keyword("items").deeper()));
  }

  private int number(JsonNode schema, SchemaPath at) {
    var low = strictest(schema, at, "minimum", "exclusiveMinimum", 1);
    var high = strictest(schema, at, "maximum", "exclusiveMaximum", -1);
    if (low.isEmpty() && high.isEmpty()) return json.number();
    var from = low.orElse(new Limit(LARGEST.negate(), false, at));
    var to = high.orElse(new Limit(LARGEST, false, at));
    return new NumberRules(builder).between(from.whole(), from.isOut(), to.whole(), to.isOut());
  }

  private int integer(JsonNode schema, SchemaPath at) {
    long from =
        strictest(schema, at, "minimum", "exclusiveMinimum", 1)
            .map(limit -> limit.integer(RoundingMode.CEILING, 1))
            .orElse(-IntegerRange.LARGEST);
    long to =
        strictest(schema, at, "maximum", "exclusiveMaximum", -1)
            .map(limit -> limit.integer(RoundingMode.FLOOR, -1))
            .orElse(IntegerRange.LARGEST);
    return from <= to ? IntegerRange.of(builder, from, to) : builder.nothing();
  }

  /// A bound of a number.
  ///
  /// @param isOut whether the value itself is not allowed
  private record Limit(BigDecimal value, boolean isOut, SchemaPath at) {
    long whole() {
      if (value.stripTrailingZeros().scale() > 0)
        throw at.refused(
            "is %s, and only whole numbers are supported".formatted(value),
            "give a whole number, and check the answer");
      return value.longValueExact();
    }

    /// @param inside the step from the bound towards what is allowed
    long integer(RoundingMode rounding, int inside) {
      var whole = value.setScale(0, rounding);
      return whole.longValueExact() + (isOut && whole.compareTo(value) == 0 ? inside : 0);
    }
  }

  /// The stricter one of a bound and its exclusive form, which older standards have as a flag.
  ///
  /// @param sign 1 where a larger bound is stricter, else -1
  private static Optional<Limit> strictest(
      JsonNode schema, SchemaPath at, String plain, String exclusive, int sign) {
    boolean isFlag = schema.path(exclusive).isBoolean();
    boolean isPlainOut = isFlag && schema.get(exclusive).booleanValue();
    var limit = limit(schema, at.keyword(plain), plain, isPlainOut);
    var other =
        isFlag ? Optional.<Limit>empty() : limit(schema, at.keyword(exclusive), exclusive, true);
    if (limit.isEmpty() || other.isEmpty()) return limit.or(() -> other);
    int order = other.get().value().compareTo(limit.get().value()) * sign;
    return order >= 0 ? other : limit;
  }

  private static Optional<Limit> limit(
      JsonNode schema, SchemaPath here, String keyword, boolean isOut) {
    if (!schema.has(keyword)) return Optional.empty();
    var value = schema.get(keyword);
    if (!value.isNumber()) throw here.refused("is no number", "give one, or leave it out");
    var number = value.decimalValue();
    if (number.abs().compareTo(LARGEST) > 0)
      throw here.refused("has more than 18 digits", "leave it out: no answer has more");
    return Optional.of(new Limit(number, isOut, here));
  }
}
