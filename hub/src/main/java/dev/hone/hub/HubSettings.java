package dev.hone.hub;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where the hub and its cache are, and how the hub is reached. The environment says it, in the
/// variables that Hugging Face's own tools read.
///
/// @param endpoint the hub, without a slash at its end
/// @param cache the folder that holds a folder for each repository
/// @param token who asks; empty for anybody
/// @param isOffline whether the cache must do
public record HubSettings(
    URI endpoint, Path cache, Optional<HubToken> token, boolean isOffline, ProxyRules proxies) {
  private static final String USUAL_ENDPOINT = "https://huggingface.co";
  private static final Set<String> YES = Set.of("1", "on", "yes", "true");

  /// As the environment says.
  ///
  /// @throws UsageException for an address that is none
  public static HubSettings of(Map<String, String> environment) throws IOException {
    var variables = new Variables(environment);
    var caches = variables.path("XDG_CACHE_HOME").orElse(variables.home().resolve(".cache"));
    var home = variables.path("HF_HOME").orElse(caches.resolve("huggingface"));
    return new HubSettings(
        endpoint(variables.text("HF_ENDPOINT").orElse(USUAL_ENDPOINT)),
        variables.path("HF_HUB_CACHE").orElse(home.resolve("hub")),
        HubToken.find(environment, variables.path("HF_TOKEN_PATH").orElse(home.resolve("token"))),
        YES.contains(variables.text("HF_HUB_OFFLINE").orElse("").toLowerCase(Locale.ROOT)),
        ProxyRules.of(environment));
  }

  private static URI endpoint(String text) {
    try {
      var address = URI.create(text.replaceFirst("/+$", ""));
      var scheme = String.valueOf(address.getScheme());
      if (address.getHost() == null || !Set.of("http", "https").contains(scheme)) {
        throw new IllegalArgumentException("it needs http or https, and a host");
      }
      return address;
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "HF_ENDPOINT: is no address of a hub: " + e.getMessage(),
          "leave it out for " + USUAL_ENDPOINT,
          e);
    }
  }

  /// Variables; an empty one counts as none.
  private record Variables(Map<String, String> environment) {
    Optional<String> text(String name) {
      return Optional.ofNullable(environment.get(name))
          .map(String::strip)
          .filter(value -> !value.isEmpty());
    }

    Path home() {
      return Path.of(text("HOME").orElse(System.getProperty("user.home")));
    }

    /// With `~` for the user's home.
    Optional<Path> path(String name) {
      return text(name)
          .map(value ->
              value.equals("~") || value.startsWith("~/")
                  ? home().resolve(value.substring(Math.min(2, value.length())))
                  : Path.of(value));
    }
  }
}
