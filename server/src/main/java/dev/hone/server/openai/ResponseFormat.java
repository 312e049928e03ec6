package dev.hone.server.openai;

import dev.hone.model.UsageException;
import dev.hone.model.grammar.Grammar;
import dev.hone.model.grammar.JsonSchema;
import dev.hone.server.api.ApiException;
import java.util.Optional;
import java.util.regex.Pattern;

/// What an answer must be, enforced while it is written.
final class ResponseFormat {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

  private ResponseFormat() {}

  /// Empty for any text.
  static Optional<Grammar> read(Fields request) {
    var format = request.object("response_format");
    if (format.isEmpty()) {
      return Optional.empty();
    }
    var type = format.get().requireText("type");
    Optional<Grammar> grammar =
        switch (type) {
          case "text" -> Optional.empty();
          case "json_object" -> Optional.of(JsonSchema.anyObject());
          case "json_schema" -> Optional.of(schema(format.get()));
          default ->
              throw ApiException.invalid(
                  "response_format.type",
                  "invalid_value",
                  "Invalid value: '%s'. Supported values are: 'text', 'json_object' and 'json_schema'."
                      .formatted(type));
        };
    format.get().end();
    return grammar;
  }

  private static Grammar schema(Fields format) {
    format.require("json_schema");
    var named = format.object("json_schema").orElseThrow();
    var name = named.requireText("name");
    if (!NAME.matcher(name).matches()) {
      throw ApiException.invalid(
          named.path("name"),
          "Invalid '%s': must be 1 to 64 letters, digits, _ or -".formatted(named.path("name")));
    }
    named.text("description");
    named.flag("strict", false); // enforced either way
    var schema = named.require("schema");
    named.end();
    try {
      return JsonSchema.compile(schema);
    } catch (UsageException e) {
      throw ApiException.invalid(
          "response_format",
          "Invalid schema for response_format '%s': %s".formatted(name, e.getMessage()));
    }
  }
}
