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
    return new PageRequest(
        text(request, "after").filter(id -> !id.isEmpty()),
        text(request, "limit").map(Query::number).orElse(usual),
        text(request, "order").map(Query::isAscending).orElse(false));
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw ApiException.invalid("limit", "limit must be an integer, got '%s'".formatted(text));
    }
  }

  private static boolean isAscending(String text) {
    return switch (text) {
      case "asc" -> true;
      case "desc" -> false;
      default -> throw ApiException.invalid("order", "order must be 'asc' or 'desc'");
    };
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
