package dev.hone.hosted;

import java.util.List;
import java.util.Locale;

/// Who hosts a model.
///
/// Keys and addresses come from the environment variables that the provider's own clients read.
public enum Provider {
  OPENAI(List.of("OPENAI_API_KEY"), "OPENAI_BASE_URL", true),
  ANTHROPIC(List.of("ANTHROPIC_API_KEY"), "ANTHROPIC_BASE_URL", true),
  GEMINI(List.of("GEMINI_API_KEY", "GOOGLE_API_KEY"), "GEMINI_BASE_URL", true),
  OLLAMA(List.of(), "OLLAMA_HOST", false),
  /// Any server that speaks OpenAI's API, by its address. A key of OpenAI's is never sent there.
  URL(List.of("HONE_BASE_KEY"), "", false);

  private final List<String> keys;
  private final String address;
  private final boolean needsKey;

  Provider(List<String> keys, String address, boolean needsKey) {
    this.keys = keys;
    this.address = address;
    this.needsKey = needsKey;
  }

  /// As names begin: `openai`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Who sets the prices.
  public String vendor() {
    return this == GEMINI ? "google" : label();
  }

  List<String> keyVariables() {
    return keys;
  }

  String addressVariable() {
    return address;
  }

  boolean needsKey() {
    return needsKey;
  }
}
