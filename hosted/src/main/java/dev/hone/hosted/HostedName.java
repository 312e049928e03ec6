package dev.hone.hosted;

import dev.hone.model.UsageException;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/// What a hosted model is called: `openai:MODEL`, `anthropic:MODEL`, `gemini:MODEL`,
/// `ollama:MODEL`, or `URL#MODEL` for any server that speaks OpenAI's API.
///
/// @param address of the API where it isn't the provider's usual one
public record HostedName(Provider provider, String model, Optional<URI> address) {
  /// Empty where the text is no such name, but a path perhaps.
  ///
  /// @throws UsageException where it begins as one and lacks the model
  public static Optional<HostedName> parse(String text) {
    if (text.startsWith("http://") || text.startsWith("https://")) {
      return Optional.of(byAddress(text));
    }
    for (var provider : Provider.values()) {
      var start = provider.label() + ":";
      if (provider != Provider.URL && text.toLowerCase(Locale.ROOT).startsWith(start)) {
        var model = text.substring(start.length());
        requireModel(text, model);
        return Optional.of(new HostedName(provider, model, Optional.empty()));
      }
    }
    return Optional.empty();
  }

  private static HostedName byAddress(String text) {
    int hash = text.indexOf('#');
    var model = hash < 0 ? "" : text.substring(hash + 1);
    requireModel(text, model);
    try {
      var address = URI.create(text.substring(0, hash));
      if (address.getHost() == null || address.getUserInfo() != null) {
        throw new IllegalArgumentException("it needs a host, and no user");
      }
      return new HostedName(Provider.URL, model, Optional.of(address));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          text + ": is no address of a model: " + e.getMessage(),
          "for instance http://127.0.0.1:8080/v1#hone",
          e);
    }
  }

  private static void requireModel(String text, String model) {
    if (model.isBlank()) {
      throw new UsageException(
          text + ": which model?", "name it: openai:MODEL, or http://HOST/v1#MODEL");
    }
  }

  /// As it was given.
  public String text() {
    return provider == Provider.URL
        ? address.orElseThrow() + "#" + model
        : provider.label() + ":" + model;
  }

  /// Whether it is on this machine, where nobody charges for it.
  public boolean isLocal() {
    var host = address.map(URI::getHost).orElse("");
    return provider == Provider.OLLAMA || host.matches("localhost|127(\\.\\d+){3}");
  }
}
