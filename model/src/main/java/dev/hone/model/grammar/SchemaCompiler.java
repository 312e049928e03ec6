package dev.hone.model.grammar;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Turns a schema into rules: what combines schemas here, the types in [TypeRules].
final class SchemaCompiler {
  private static final int MAX_VALUES = 5000;
  private static final int MAX_OPTIONS = 500;

  private final GrammarBuilder builder;
  private final TypeRules types;
  private final JsonNode root;
  private final Map<String, Integer> ruleByReference = new HashMap<>();

  /// References that are being followed, and no byte read since.
  private Set<String> following = new HashSet<>();

  SchemaCompiler(GrammarBuilder builder, JsonNode root) {
    this.builder = builder;
    this.types = new TypeRules(builder, this::inner);
    this.root = root;
  }

  /// The rule of the whole schema.
  int compile() {
    return reference("#", SchemaPath.ROOT, SchemaPath.ROOT);
  }

  /// The rule of a schema inside a value, in front of which there is at least one byte.
  private int inner(JsonNode schema, SchemaPath at) {
    var outside = following;
    following = new HashSet<>();
    int rule = rule(schema, at);
    following = outside;
    return rule;
  }

  private int rule(JsonNode schema, SchemaPath at) {
    if (schema.isBoolean()) {
      if (schema.booleanValue()) return types.any();
      throw at.refused(
          "is false, which nothing satisfies", "leave the part out that it stands for");
    }
    if (!schema.isObject())
      throw at.refused("is no schema", "a schema is an object, true or false");
    Keywords.requireSupported(schema, at);
    for (var combining : Keywords.COMBINING) {
      if (!schema.has(combining)) continue;
      requireAlone(combining, schema, at);
      return combined(combining, schema.get(combining), at);
    }
    if (schema.has("const") || schema.has("enum")) return values(schema, at);
    return typed(schema, at);
  }

  private static void requireAlone(String combining, JsonNode schema, SchemaPath at) {
    for (var keyword : schema.propertyNames()) {
      if (!keyword.equals(combining) && Keywords.isAsserting(keyword))
        throw at.keyword(keyword)
            .refused(
                "stands beside %s, which isn't supported".formatted(combining),
                "move it into each of the schemas that " + combining + " names");
    }
  }

  private int combined(String keyword, JsonNode value, SchemaPath at) {
    var here = at.keyword(keyword);
    if (keyword.equals("$ref")) return reference(value, here);
    if (!value.isArray() || value.isEmpty())
      throw here.refused("is no list of schemas", "give a list with one schema or more");
    if (keyword.equals("allOf") && value.size() > 1)
      throw here.refused(
          "has %d schemas, and only one is supported".formatted(value.size()),
          "merge them into one");
    if (value.size() > MAX_OPTIONS)
      throw here.refused(
          "has %,d schemas, more than %,d".formatted(value.size(), MAX_OPTIONS), "give fewer");
    var options = new ArrayList<Integer>();
    for (int i = 0; i < value.size(); i++) options.add(rule(value.get(i), here.schema(i)));
    return builder.choice(options);
  }

  private int reference(JsonNode value, SchemaPath here) {
    var target = value.asString("");
    if (!target.equals("#") && !target.startsWith("#/"))
      throw here.refused(
          "refers to %s, outside of the schema".formatted(value),
          "put it into $defs: #/$defs/NAME");
    return reference(target, here, here.referred(target));
  }

  private int reference(String target, SchemaPath here, SchemaPath there) {
    if (following.contains(target))
      throw here.refused(
          "refers to itself with nothing in between",
          "a value can contain itself, but not be itself");
    var known = ruleByReference.get(target);
    if (known != null) return known;
    int rule = builder.reserve();
    ruleByReference.put(target, rule);
    following.add(target);
    builder.define(rule, rule(find(target, here), there));
    following.remove(target);
    return rule;
  }

  private JsonNode find(String target, SchemaPath here) {
    var found = at(target, here);
    if (found.isMissingNode())
      throw here.refused(
          "refers to %s, which is not there".formatted(target), "define it, or mend the name");
    return found;
  }

  private JsonNode at(String target, SchemaPath here) {
    try {
      var pointer =
          URLDecoder.decode(target.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
      return pointer.isEmpty() ? root : root.at(JsonPointer.compile(pointer));
    } catch (IllegalArgumentException | JacksonException e) {
      throw here.refused(
          "refers to %s, which is no JSON pointer".formatted(target), "write #/$defs/NAME");
    }
  }

  /// One of the values that the schema lists.
  private int values(JsonNode schema, SchemaPath at) {
    var keyword = schema.has("const") ? "const" : "enum";
    for (var other : schema.propertyNames()) {
      if (!other.equals(keyword)
          && !other.equals("type")
          && !other.equals("nullable")
          && Keywords.isAsserting(other))
        throw at.keyword(other)
            .refused(
                "stands beside %s, which isn't supported".formatted(keyword),
                "leave out one of the two");
    }
    var here = at.keyword(keyword);
    var allowed = types(schema, at);
    var texts = new ArrayList<byte[]>();
    for (var value : listed(schema, keyword, here)) {
      if (allowed.stream().anyMatch(type -> type.isTypeOf(value))) texts.add(text(value));
    }
    if (texts.isEmpty())
      throw here.refused(
          "has no value of the type that the schema names", "mend type or the values");
    return builder.anyText(texts);
  }

  private static Collection<JsonNode> listed(JsonNode schema, String keyword, SchemaPath here) {
    var values = schema.get(keyword);
    if (keyword.equals("const")) return List.of(values);
    if (!values.isArray() || values.isEmpty())
      throw here.refused("is no list of values", "give a list with one value or more");
    if (values.size() > MAX_VALUES)
      throw here.refused(
          "has %,d values, more than %,d".formatted(values.size(), MAX_VALUES), "give fewer");
    return values.values();
  }

  private static byte[] text(JsonNode value) {
    return value.toString().getBytes(StandardCharsets.UTF_8);
  }

  private int typed(JsonNode schema, SchemaPath at) {
    var options = new ArrayList<Integer>();
    var allowed = types(schema, at);
    if (allowed.equals(EnumSet.allOf(JsonType.class))) return types.any();
    for (var type : allowed) options.add(types.rule(type, schema, at));
    return builder.choice(options);
  }

  /// The types that the schema allows; all where it says nothing.
  private static Set<JsonType> types(JsonNode schema, SchemaPath at) {
    var types = namedTypes(schema, at);
    if (types.isEmpty()) types = Keywords.impliedTypes(schema);
    if (schema.path("nullable").asBoolean(false)) types.add(JsonType.NULL);
    return types;
  }

  private static Set<JsonType> namedTypes(JsonNode schema, SchemaPath at) {
    var types = EnumSet.noneOf(JsonType.class);
    var type = schema.path("type");
    if (type instanceof MissingNode) return types;
    var here = at.keyword("type");
    var names = type.isArray() ? type.values() : List.of(type);
    for (var name : names) types.addAll(JsonType.named(name, here));
    if (types.isEmpty()) throw here.refused("names no type", "give one, or leave it out");
    return types;
  }
}
