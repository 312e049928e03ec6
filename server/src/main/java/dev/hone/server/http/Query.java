package dev.hone.server.http;

import dev.hone.server.api.ApiException;
import dev.hone.server.api.PageRequest;
import dev.hone.server.state.MetadataFilter;
import io.helidon.webserver.http.ServerRequest;
import java.util.HashMap;
import java.util.Optional;
import java.util.Set;

/// The query and the path of a request; a parameter that no endpoint knows is refused.
final class Query {
  private static final String METADATA = "metadata";

  private Query() {}

  /// What the path names.
  static String id(ServerRequest request) {
    return request.path().pathParameters().get("id");
  }

  static Optional<String> text(ServerRequest request, String name) {
    return request.query().contains(name)
        ? Optional.of(request.query().get(name))
        : Optional.empty();
  }

  /// @param usual entries, where the query says nothing
  static PageRequest page(ServerRequest request, int usual) {
    return page(request, usual, "asc", "desc");
  }

  /// @param ascending how the query asks for the oldest first
  static PageRequest page(ServerRequest request, int usual, String ascending, String descending) {
    var order = text(request, "order").orElse(descending);
    if (!order.equals(ascending) && !order.equals(descending)) {
      throw ApiException.invalid(
          "order", "order must be '%s' or '%s'".formatted(ascending, descending));
    }
    return new PageRequest(
        text(request, "after").filter(id -> !id.isEmpty()),
        text(request, "limit").map(Query::number).orElse(usual),
        order.equals(ascending));
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw ApiException.invalid("limit", "limit must be an integer, got '%s'".formatted(text));
    }
  }

  static boolean flag(ServerRequest request, String name) {
    return switch (text(request, name).orElse("false")) {
      case "true" -> true;
      case "false" -> false;
      default -> throw ApiException.invalid(name, name + " must be 'true' or 'false'");
    };
  }

  static MetadataFilter metadata(ServerRequest request) {
    if (text(request, METADATA).filter("null"::equals).isPresent()) {
      return new MetadataFilter.Absent();
    }
    if (request.query().contains(METADATA)) {
      throw ApiException.invalid(METADATA, "metadata must be given as metadata[key]=value");
    }
    var pairs = new HashMap<String, String>();
    for (var name : request.query().names()) {
      if (name.startsWith(METADATA + "[") && name.endsWith("]")) {
        var key = name.substring(METADATA.length() + 1, name.length() - 1);
        pairs.put(key, request.query().get(name));
      }
    }
    return pairs.isEmpty() ? new MetadataFilter.Any() : new MetadataFilter.Has(pairs);
  }

  /// @throws ApiException naming a parameter that is not among these
  static void requireKnown(ServerRequest request, Set<String> known) {
    for (var name : request.query().names()) {
      if (!known.contains(name) && !name.startsWith(METADATA + "[")) {
        throw ApiException.invalid(
            name, "unknown_parameter", "Unknown parameter: '%s'.".formatted(name));
      }
    }
  }
}
