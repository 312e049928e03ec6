package dev.hone.server.grader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.server.api.ApiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TemplateTest {
  private static final JsonNode VARIABLES =
      JsonMapper.shared()
          .readTree(
              """
              {"item": {"a": "x", "n": 1.0, "deep": {"list": [1, {"b": true}], "a/b~c": "odd"},
                "none": null, "braces": "{{ item.a }}", "größe": "M"},
               "sample": {"output_text": "said"}}\
              """);

  private static String fill(String text) {
    return Template.read(text, "grader.input").fill(VARIABLES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain | plain",
        "{{ item.a }}{{item.a}} | xx",
        "a {{sample.output_text}} z | a said z",
        "{{ item.n }} | 1.0",
        "{{ item.deep.list[1].b }} | true",
        "{{ item.deep.list }} | [1,{\"b\":true}]",
        "{{ item.deep.a/b~c }} | odd",
        "{{ item.none }} | null",
        "{{ item.größe }} | M",
        "{{ item.braces }} | {{ item.a }}",
        "{\"a\": {\"b\": {{item.n}}}} | {\"a\": {\"b\": 1.0}}",
        "{{ item.a | {{ item.a"
      })
  void putsVariablesIn(String text, String expected) {
    assertEquals(expected, fill(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ item.b }}",
        "{{ item.a.b }}",
        "{{ item.deep.list[2] }}",
        "{{ item.deep[0] }}",
        "{{ sample.choices[0].message.content }}",
        "{{ item.deep.list[99999999999999999999] }}"
      })
  void aVariableThatIsNotThere(String text) {
    var failed = assertThrows(GradingException.class, () -> fill(text));
    assertEquals(GradingError.INVALID_VARIABLE, failed.error());
  }

  @Test
  void aSampleThatIsNoJsonCannotBeReadAsJson() {
    var failed = assertThrows(GradingException.class, () -> fill("{{ sample.output_json.a }}"));
    assertEquals(GradingError.SAMPLE_PARSE, failed.error());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ }}",
        "{{ item }}",
        "{{ a }}",
        "{{ env.HOME }}",
        "{{ item..a }}",
        "{{ item.a. }}",
        "{{ item.a[x] }}",
        "{{ item.a[-1] }}",
        "{{ item.a + 1 }}",
        "{{{ item.a }}}",
        "{{ item.__class__() }} {{ 7 * 7 }}"
      })
  void whatIsNoVariableIsRefused(String text) {
    var refused = assertThrows(ApiException.class, () -> Template.read(text, "grader.input"));
    assertEquals("grader.input", refused.param().orElseThrow());
  }

  @Test
  void aTextThatGrowsTooLongIsRefused() {
    var text = "{{ item.deep.list }}".repeat(10_000);
    var refused = assertThrows(ApiException.class, () -> fill(text));
    assertEquals("string_above_max_length", refused.code().orElseThrow());
    assertThrows(ApiException.class, () -> fill("{{ item." + "a.".repeat(50_000) + "a }}"));
  }
}
