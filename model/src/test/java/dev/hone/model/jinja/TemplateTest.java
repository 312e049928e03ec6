package dev.hone.model.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) if false %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(s='x') %}{% for a in range(99) %}{% set ns.s = ns.s ~ ns.s %}{%"
            + " endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for a in range(99) %}{% set ns.l = ns.l + ns.l %}{%"
            + " endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for a in range(99) %}{% set ns.l = [ns.l, ns.l] %}{%"
            + " endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=[1]) %}{% for a in range(99) %}{% set ns.l = [ns.l, ns.l] %}{%"
            + " endfor %}{{ ns.l | tojson }}",
        "{% set a = namespace(l=[1]) %}{% set b = namespace(l=[1]) %}{% for i in range(99) %}{% set"
            + " a.l = [a.l, a.l] %}{% set b.l = [b.l, b.l] %}{% endfor %}{{ a.l == b.l }}",
        "{% set ns = namespace(l=[]) %}{% for a in range(90000) %}{% set ns.l = [ns.l] %}{% endfor"
            + " %}{{ ns.l }}",
        "{% for a in range(99999) %}{{ 'x' * 9999999 }}{% endfor %}",
        "{{ 'x' * 10 ** 12 }}",
        "{{ [1] * 10 ** 12 }}",
        "{{ 9 ** (9 ** 9) }}",
        "{{ ('a' * 1000000).replace('a', 'b' * 1000000) }}",
        "{{ ('a' * 1000000) | replace('', 'b' * 1000000) }}",
        "{{ (('a\n' * 1000000) | indent(10000)) | length }}",
        "{{ (['a' * 1000000] * 1000) | join }}",
        "{% set s = 'a' * 40000000 %}{% for a in range(99999) %}{{ 'b' in s }}{% endfor %}",
        "{% set s = 'a' * 40000000 %}{% for a in range(99999) %}{{ s | length }}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ 'a'.ljust(2000000000) }}",
      })
  void aHostileTemplateEndsInAnError(String template) {
    var compiled = Template.compile("hostile", template);
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () ->
            assertTrue(
                assertThrows(TemplateException.class, () -> compiled.render(Map.of()))
                    .getMessage()
                    .startsWith("hostile line")));
  }

  @Test
  void nestingTooDeepToParseIsAnError() {
    var deep = "{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}";
    assertThrows(TemplateException.class, () -> Template.compile("deep", deep));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a {% include 'x' %}             | t line 1: the tag 'include' is not supported here",
        "{{ x ! xmlattr }}               | t line 1: the filter 'xmlattr' is not supported",
        "{{ x is escaped }}              | t line 1: the test 'escaped' is not supported",
        "{{ 'a'.format(1) }}             | t line 1: the method 'format' of text is not supported",
        "{{ raise_exception('not me') }} | t line 1: not me",
        "{{ x.y.z }}                     | t line 1: 'x' is undefined",
        "{% for a in 1 %}{% endfor %}    | t line 1: 'int object' cannot be looped over",
        "{{ f(*[1]) }}                   | t line 1: arguments with '*' are not supported",
        "{% if 1 %}                      | t line 1: the template ends before 'elif' or 'else' or"
            + " 'endif'",
      })
  void errorsSayWhatAndWhere(String template, String message) {
    var source = template.replace('!', '|');
    var e =
        assertThrows(TemplateException.class, () -> Template.compile("t", source).render(Map.of()));
    assertEquals(message, e.getMessage());
  }

  @Test
  void theLineIsThatOfTheStatement() {
    var source = "a\n{# c\n #}\n{% if true %}\n\n{{ nothing\n.x }}{% endif %}";
    var e =
        assertThrows(TemplateException.class, () -> Template.compile("t", source).render(Map.of()));
    assertEquals("t line 6: 'nothing' is undefined", e.getMessage());
    assertFalse(e.isRaisedByTemplate());
  }

  @Test
  void aTemplatesOwnRefusalIsMarked() {
    var template =
        Template.compile(
            "t", "{% macro m() %}{{ raise_exception('no') }}{% endmacro %}\n{{ m() }}");
    var e = assertThrows(TemplateException.class, () -> template.render(Map.of()));
    assertTrue(e.isRaisedByTemplate());
    assertEquals("t line 1: no", e.getMessage());
  }

  @Test
  void theVariablesStayAsTheyAre() {
    var given = List.of(Map.of("role", "user"));
    var template =
        Template.compile("t", "{% set messages = messages + [1] %}{{ messages | length }}");
    assertEquals("2", template.render(Map.of("messages", given)).text());
    assertEquals(1, given.size());
  }
}
