package dev.hone.server.http;

import dev.hone.model.UsageException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// Origins of web pages: `https://app.example`, `http://localhost:3000`, `app://obsidian.md`.
final class Origins {
  private static final Pattern FORM =
      Pattern.compile("([a-z][a-z0-9+.-]*)://([a-z0-9._-]+|\\[[0-9a-f:.]+])(?::([1-9]\\d{0,4}))?");
  private static final Map<String, String> USUAL_PORTS = Map.of("http", "80", "https", "443");

  private Origins() {}

  /// As browsers send it: in small letters, without the scheme's own port.
  ///
  /// @throws UsageException where it is no origin
  static String asSent(String given) {
    if (given.equals("*")) {
      throw new UsageException(
          "--cors *: every page that anybody opens could ask here, and read the answers",
          "name each origin that may, for instance https://app.example");
    }
    var parts = FORM.matcher(given.toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      throw new UsageException(
          "--cors %s: is no origin, which is scheme://host or scheme://host:port".formatted(given),
          "leave out what follows the host and its port, a slash too");
    }
    var port = parts.group(3);
    boolean isSaid = port != null && !port.equals(USUAL_PORTS.get(parts.group(1)));
    return parts.group(1) + "://" + parts.group(2) + (isSaid ? ":" + port : "");
  }
}
