package dev.hone.model.text;

import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Chat templates of the kinds that models have, small; and what tests ask of a rendering.
final class Formats {
  static final PairEncoder ENCODER =
      new PairEncoder(List.of("<s>", "</s>", "<|im_start|>", "<|im_end|>", "<|end|>", "<|call|>"));
  static final int EOS = ENCODER.id("</s>");

  /// Every turn between special tokens, a newline behind.
  static final String CHATML =
      """
      {%- for message in messages %}
      {{- '<|im_start|>' + message.role + '\\n' + message.content }}
      {%- for call in message.tool_calls or [] %}{{- '<|call|>' + (call.function | tojson) }}{% endfor %}
      {{- '<|im_end|>\\n' }}
      {%- endfor %}
      {%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}\
      """;

  /// The same, and marks of what the assistant says.
  static final String MARKED =
      """
      {%- for message in messages %}
      {{- '<|im_start|>' + message.role + '\\n' }}
      {%- if message.role == 'assistant' %}{% generation %}{{ message.content + '<|im_end|>' }}{% endgeneration %}
      {{- '<|call|>\\n' }}
      {%- else %}{{ message.content + '<|im_end|>\\n' }}{% endif %}
      {%- endfor %}
      {%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}\
      """;

  /// Thinking is shown in the last turn only.
  static final String THINKING =
      """
      {{- bos_token }}
      {%- for message in messages %}
      {{- '<|im_start|>' + message.role + '\\n' }}
      {%- if message.role == 'assistant' and loop.last %}{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}
      {{- message.content.strip() + '<|im_end|>\\n' }}
      {%- endfor %}
      {%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}\
      """;

  /// The whole ends in EOS, wherever it ends.
  static final String ENDING =
      """
      {%- for message in messages %}{{ '<|' + message.role + '|>\\n' + message.content + '<|end|>\\n' }}{% endfor %}
      {%- if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% else %}{{ eos_token }}{% endif %}\
      """;

  /// No special token at all.
  static final String BARE =
      """
      {%- for message in messages %}{{ message.role + ': ' + message.content + '\\n' }}{% endfor %}
      {%- if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}\
      """;

  private Formats() {}

  static TemplateRenderer renderer(String template) {
    return renderer(template, Map.of());
  }

  static TemplateRenderer renderer(String template, Map<String, Object> kwargs) {
    var tokens = Map.of("bos_token", "<s>", "eos_token", "</s>");
    return new TemplateRenderer(
        ChatTemplate.of(template, tokens),
        ENCODER,
        OptionalInt.empty(),
        EOS,
        kwargs,
        LocalDateTime.of(2026, 1, 5, 12, 0));
  }

  /// The text of an example, what is learned in square brackets.
  static String marked(Rendered rendered) {
    return marked(rendered, ENCODER);
  }

  static String marked(Rendered rendered, TextEncoder encoder) {
    var text = new StringBuilder();
    var ids = rendered.ids();
    for (int from = 0, to; from < ids.length; from = to) {
      boolean isTrained = rendered.trained().get(from);
      to = isTrained ? rendered.trained().nextClearBit(from) : rendered.trained().nextSetBit(from);
      if (to < 0) to = ids.length;
      var part = encoder.decode(Arrays.copyOfRange(ids, from, to));
      text.append(isTrained ? "[" + part + "]" : part);
    }
    return text.toString();
  }
}
