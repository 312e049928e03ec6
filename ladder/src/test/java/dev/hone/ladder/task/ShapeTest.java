package dev.hone.ladder.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ShapeTest {
  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text.replace('\'', '"'));
  }

  @Test
  void fieldsAreToldFromTheAnswers() {
    var shape =
        Shape.of(
            List.of(
                json("{'a': 1, 'b': 'x', 'c': [{'d': true}]}"),
                json("{'a': 2.5, 'c': [], 'e': null}")));
    assertEquals(
        json(
            """
            {'type': 'object', 'properties': {'a': {'type': 'number'}, 'b': {'type': 'string'},
             'c': {'type': 'array', 'items': {'type': 'object', 'properties': {'d': {'type': 'boolean'}},
             'required': ['d'], 'additionalProperties': false}}, 'e': {'type': 'null'}},
             'required': ['a', 'c'], 'additionalProperties': false}\
            """),
        shape);
  }

  @Test
  void aTextOfFewValuesIsOneOfThese() {
    var rows = new ArrayList<JsonNode>();
    for (int i = 0; i < 40; i++) {
      rows.add(json("{'kind': '%s', 'name': 'n%d'}".formatted(i % 2 == 0 ? "new" : "old", i)));
    }
    var properties = Shape.of(rows).path("properties");
    assertEquals(json("{'type': 'string', 'enum': ['new', 'old']}"), properties.path("kind"));
    assertEquals(json("{'type': 'string'}"), properties.path("name"));
  }
}
