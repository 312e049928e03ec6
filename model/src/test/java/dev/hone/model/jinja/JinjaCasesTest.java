package dev.hone.model.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Small templates, one for each feature, against what Python's jinja2 makes of them. The golden
/// file is written by `tools/parity/jinja_cases.py`.
class JinjaCasesTest {
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 1, 5, 15, 4, 9, 1_200_000);

  /// @param expected empty where Python refuses
  record Case(String template, List<String> expected, Map<String, Object> variables) {
    @Override
    public String toString() {
      return template;
    }
  }

  static Stream<Case> cases() throws IOException {
    try (var in = JinjaCasesTest.class.getResourceAsStream("/jinja/cases.json")) {
      var golden = JsonMapper.shared().readTree(in.readAllBytes());
      @SuppressWarnings("unchecked")
      Map<String, Object> variables =
          JsonMapper.shared().treeToValue(golden.path("variables"), Map.class);
      return StreamSupport.stream(golden.path("cases").spliterator(), false)
          .map(one -> new Case(one.path("template").asString(), expected(one), variables));
    }
  }

  /// The text, and the spans of generation blocks.
  private static List<String> expected(JsonNode one) {
    if (one.has("refused")) return List.of();
    return List.of(one.path("text").asString(), one.path("generations").toString());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rendersAsPythonDoes(Case one) {
    if (one.expected().isEmpty()) assertThrows(TemplateException.class, () -> render(one));
    else assertEquals(one.expected(), render(one));
  }

  private static List<String> render(Case one) {
    var rendering = Template.compile("case", one.template()).render(one.variables(), () -> NOW);
    var spans = new ArrayList<String>();
    for (var span : rendering.generations()) {
      spans.add(
          "[%d,%d]"
              .formatted(codePoints(rendering, span.start()), codePoints(rendering, span.end())));
    }
    return List.of(rendering.text(), "[" + String.join(",", spans) + "]");
  }

  private static int codePoints(Template.Rendering rendering, int end) {
    return rendering.text().codePointCount(0, end);
  }
}
