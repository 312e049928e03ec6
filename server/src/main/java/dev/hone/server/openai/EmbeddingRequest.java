package dev.hone.server.openai;

import dev.hone.server.api.ApiException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A request of `POST /v1/embeddings`.
///
/// @param isBase64 whether vectors are wanted as little-endian float32 in base64
public record EmbeddingRequest(String model, List<String> input, boolean isBase64) {
  private static final int MOST_INPUTS = 2_048;

  /// @param dimension of the vectors that there are
  public static EmbeddingRequest read(JsonNode body, int dimension) {
    var fields = Fields.of(body);
    var model = fields.requireText("model");
    var input = input(fields.require("input"));
    var format = fields.text("encoding_format").orElse("float");
    if (!format.equals("float") && !format.equals("base64")) {
      throw ApiException.invalid(
          "encoding_format", "invalid_value", "'encoding_format' must be 'float' or 'base64'.");
    }
    var wanted = fields.integer("dimensions", 1, 1 << 20);
    if (wanted.isPresent() && wanted.getAsInt() != dimension) {
      throw ApiException.invalid(
          "dimensions",
          "unsupported_parameter",
          "This model's embeddings have %d dimensions, and no other number.".formatted(dimension));
    }
    fields.text("user");
    fields.end();
    return new EmbeddingRequest(model, input, format.equals("base64"));
  }

  private static List<String> input(JsonNode input) {
    if (input.isString()) {
      return List.of(text(input));
    }
    if (!input.isArray() || input.isEmpty() || input.size() > MOST_INPUTS) {
      throw Fields.wrongType("input", "a string or an array of 1 to 2,048 strings", input);
    }
    var texts = new ArrayList<String>();
    input.forEach(one -> texts.add(text(one)));
    return texts;
  }

  private static String text(JsonNode one) {
    if (!one.isString()) {
      throw ApiException.invalid(
          "input",
          "unsupported_parameter",
          "'input' must be texts: tokens are not supported here.");
    }
    if (one.asString().isEmpty()) {
      throw ApiException.invalid("input", "'input' cannot be an empty string.");
    }
    return one.asString();
  }

  /// What is answered.
  ///
  /// @param vectors one for each input
  /// @param tokens of all inputs
  public ObjectNode reply(List<float[]> vectors, int tokens) {
    var reply = JsonNodeFactory.instance.objectNode().put("object", "list").put("model", model);
    var data = reply.putArray("data");
    for (int i = 0; i < vectors.size(); i++) {
      var one = data.addObject().put("object", "embedding").put("index", i);
      if (isBase64) {
        one.put("embedding", base64(vectors.get(i)));
      } else {
        var array = one.putArray("embedding");
        for (float value : vectors.get(i)) {
          array.add(value);
        }
      }
    }
    reply.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return reply;
  }

  private static String base64(float[] vector) {
    var bytes = ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : vector) {
      bytes.putFloat(value);
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
