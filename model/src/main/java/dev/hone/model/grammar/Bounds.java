package dev.hone.model.grammar;

import tools.jackson.databind.JsonNode;

/// How many items or characters there may be.
///
/// @param max [Rule.Repeat#UNBOUNDED] where nothing says it
record Bounds(int min, int max) {
  private static final int LARGEST = 1_000_000;

  static Bounds read(JsonNode schema, SchemaPath at, String minKeyword, String maxKeyword) {
    int min = read(schema, at, minKeyword, 0);
    int max = read(schema, at, maxKeyword, Rule.Repeat.UNBOUNDED);
    if (max < min)
      throw at.keyword(maxKeyword)
          .refused(
              "is %d, less than %s, which is %d".formatted(max, minKeyword, min),
              "mend one of them");
    return new Bounds(min, max);
  }

  private static int read(JsonNode schema, SchemaPath at, String keyword, int otherwise) {
    if (!schema.has(keyword)) return otherwise;
    var value = schema.get(keyword);
    boolean isCount = value.isNumber() && value.doubleValue() == Math.rint(value.doubleValue());
    if (!isCount || value.doubleValue() < 0 || value.doubleValue() > LARGEST)
      throw at.keyword(keyword)
          .refused(
              "is %s, no count from 0 to %,d".formatted(value, LARGEST),
              "give one, or leave it out");
    return (int) value.doubleValue();
  }

  boolean isFree() {
    return min == 0 && max == Rule.Repeat.UNBOUNDED;
  }
}
