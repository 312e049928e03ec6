package dev.hone.hub;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Which proxy a request goes through, by the variables that curl and Python read: `HTTPS_PROXY`,
/// `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, also in small letters, which count first.
public final class ProxyRules extends ProxySelector {
  private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);

  private final Map<String, Optional<URI>> byScheme;
  private final List<String> direct;

  private ProxyRules(Map<String, Optional<URI>> byScheme, List<String> direct) {
    this.byScheme = byScheme;
    this.direct = direct;
  }

  /// As the environment says.
  ///
  /// @throws UsageException for a proxy that cannot be used
  static ProxyRules of(Map<String, String> environment) {
    var all = proxy(environment, "all_proxy");
    return new ProxyRules(
        Map.of(
            "http", proxy(environment, "http_proxy").or(() -> all),
            "https", proxy(environment, "https_proxy").or(() -> all)),
        Arrays.stream(value(environment, "no_proxy").split(","))
            .map(entry -> entry.strip().toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", ""))
            .filter(entry -> !entry.isEmpty())
            .toList());
  }

  private static String value(Map<String, String> environment, String name) {
    var upper = environment.getOrDefault(name.toUpperCase(Locale.ROOT), "");
    return environment.getOrDefault(name, upper).strip();
  }

  private static Optional<URI> proxy(Map<String, String> environment, String name) {
    var text = value(environment, name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      var address = URI.create(text.contains("://") ? text : "http://" + text);
      if (address.getHost() != null && address.getScheme().equals("http")) {
        return Optional.of(address);
      }
    } catch (IllegalArgumentException e) {
      throw unusable(name, e);
    }
    throw unusable(name, null);
  }

  /// Without the address: a password may stand in it.
  private static UsageException unusable(String name, IllegalArgumentException cause) {
    return new UsageException(
        name.toUpperCase(Locale.ROOT) + ": is no proxy that Hone can use",
        "it uses HTTP proxies: http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT",
        cause);
  }

  @Override
  public List<Proxy> select(URI uri) {
    return address(uri)
        .map(proxy -> new InetSocketAddress(proxy.getHost(), port(proxy)))
        .map(at -> List.of(new Proxy(Proxy.Type.HTTP, at)))
        .orElse(DIRECT);
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {}

  /// What a proxy wants to be told of who asks, for the header `Proxy-Authorization`.
  Optional<String> authorization(URI uri) {
    return address(uri)
        .map(URI::getUserInfo)
        .map(user -> user.getBytes(StandardCharsets.UTF_8))
        .map(user -> "Basic " + Base64.getEncoder().encodeToString(user));
  }

  private Optional<URI> address(URI uri) {
    return isDirect(uri)
        ? Optional.empty()
        : byScheme.getOrDefault(uri.getScheme(), Optional.empty());
  }

  /// A name covers the hosts below it.
  private boolean isDirect(URI uri) {
    var host = uri.getHost().toLowerCase(Locale.ROOT);
    return direct.stream()
        .anyMatch(entry ->
            entry.equals("*")
                || entry.equals(host)
                || entry.equals(host + ":" + uri.getPort())
                || host.endsWith("." + entry));
  }

  private static int port(URI proxy) {
    return proxy.getPort() < 0 ? 80 : proxy.getPort();
  }
}
