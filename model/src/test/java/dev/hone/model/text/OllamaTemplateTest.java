package dev.hone.model.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OllamaTemplateTest {
  private static Optional<String> go(String jinja) {
    return OllamaTemplate.of(ChatTemplate.of(jinja, Map.of("bos_token", "<s>")), "<s>")
        .map(OllamaTemplate::go);
  }

  @Test
  void whatStandsAroundEachRoleIsFound() {
    var jinja =
        "{{ bos_token }}{% for m in messages %}<|im_start|>{{ m.role }}\n"
            + "{{ m.content }}<|im_end|>\n"
            + "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
            + "{% endif %}";
    assertEquals(
        """
        {{ range .Messages }}{{ if eq .Role "system" }}<|im_start|>system
        {{ .Content }}<|im_end|>
        {{ else if eq .Role "user" }}<|im_start|>user
        {{ .Content }}<|im_end|>
        {{ else if eq .Role "assistant" }}<|im_start|>assistant
        {{ .Content }}<|im_end|>
        {{ end }}{{ end }}<|im_start|>assistant
        """,
        go(jinja).orElseThrow());
  }

  @Test
  void aSystemMessageThatIsThereUnlessOneIsGivenIsKept() {
    var jinja =
        "{% if messages[0].role != 'system' %}[be kind]{% endif %}{% for m in messages %}<{{ m.role"
            + " }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
    assertTrue(
        go(jinja)
            .orElseThrow()
            .startsWith("{{ if ne (index .Messages 0).Role \"system\" }}[be kind]{{ end }}"));
  }

  @Test
  void aTemplateThatLooksAtMoreThanRolesIsNotTranslated() {
    var trimsEarlierAnswers =
        "{% for m in messages %}<{{ m.role }}>{{ m.content if loop.last or m.role == 'user' else"
            + " 'x' }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
    assertEquals(Optional.empty(), go(trimsEarlierAnswers));
    assertEquals(Optional.empty(), go("{{ strftime_now('%Y') }}{{ messages[0].content }}"));
    assertEquals(Optional.empty(), go("{{ raise_exception('no') }}"));
  }
}
