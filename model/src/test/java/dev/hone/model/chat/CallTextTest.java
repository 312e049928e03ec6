package dev.hone.model.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class CallTextTest {
  @Test
  void aCallNamesOneOfTheTools() {
    var tool = Map.<String, Object>of("name", "order", "parameters", Map.of("type", "object"));
    var schema =
        """
        {"anyOf": [{"type": "object", "properties": {"name": {"const": "order"},
         "arguments": {"type": "object"}}, "required": ["name", "arguments"],
         "additionalProperties": false}]}\
        """;
    assertEquals(
        JsonMapper.shared().readTree(schema),
        CallText.schema(List.of(Map.of("type", "function", "function", tool))));
  }
}
