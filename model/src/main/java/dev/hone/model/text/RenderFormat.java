package dev.hone.model.text;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// How conversations become text, as an adapter keeps it: plain JSON values, equal exactly when
/// prompts come out equal for one tokenizer.
///
/// @param kind the model's own template, or the plain format (`docs/chat-format.md`)
/// @param templateSha256 SHA-256 of the template's source; empty for the plain format
/// @param kwargs more variables of the template
/// @param clock the time that the template shows, ISO-8601 without a zone; empty where it shows
///   none
public record RenderFormat(
    Kind kind, String templateSha256, Map<String, Object> kwargs, String clock) {
  /// Which renderer.
  public enum Kind {
    TEMPLATE,
    PLAIN
  }

  public RenderFormat {
    kwargs = Collections.unmodifiableMap(new LinkedHashMap<>(kwargs));
  }

  static RenderFormat plain() {
    return new RenderFormat(Kind.PLAIN, "", Map.of(), "");
  }

  /// Why prompts differ under `other`; empty where they don't.
  public Optional<String> difference(RenderFormat other) {
    if (equals(other)) return Optional.empty();
    if (kind != other.kind)
      return Optional.of("one uses a chat template, the other the plain format");
    if (!templateSha256.equals(other.templateSha256))
      return Optional.of("the chat templates differ");
    if (!kwargs.equals(other.kwargs))
      return Optional.of("template variables %s and %s".formatted(kwargs, other.kwargs));
    return Optional.of("the template shows %s and %s".formatted(clock, other.clock));
  }
}
