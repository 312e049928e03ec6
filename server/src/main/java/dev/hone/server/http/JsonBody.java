package dev.hone.server.http;

import dev.hone.server.api.ApiException;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Bodies of requests: UTF-8, JSON, bounded in size and depth, no key twice.
final class JsonBody {
  private static final int DEEPEST = 100;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEEPEST)
                          .maxNumberLength(100)
                          .maxNameLength(1_000)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonBody() {}

  /// @param mostBytes of the body
  static JsonNode read(ServerRequest request, long mostBytes) throws IOException {
    if (request.headers().contentLength().orElse(0) > mostBytes) {
      throw tooLarge(mostBytes);
    }
    byte[] bytes;
    try (var content = new SentStream(request.content().inputStream())) {
      bytes = bounded(content, mostBytes);
    }
    if (bytes.length == 0) {
      throw invalid("The request has no body; it must be a JSON object");
    }
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return JSON.readTree(text);
    } catch (CharacterCodingException e) {
      throw invalid("The body of the request is not UTF-8");
    } catch (JacksonException e) {
      var place = e.getLocation();
      throw invalid(
          "We could not parse the JSON body of your request. Line %d, column %d: %s"
              .formatted(
                  place == null ? 1 : place.getLineNr(),
                  place == null ? 1 : place.getColumnNr(),
                  e.getOriginalMessage()));
    }
  }

  private static byte[] bounded(InputStream content, long mostBytes) throws IOException {
    var bytes = content.readNBytes((int) Math.min(Integer.MAX_VALUE - 16, mostBytes + 1));
    if (bytes.length > mostBytes) {
      throw tooLarge(mostBytes);
    }
    return bytes;
  }

  private static ApiException tooLarge(long mostBytes) {
    return new ApiException(
        413,
        "The body of the request has more than %,d bytes".formatted(mostBytes),
        "invalid_request_error",
        Optional.empty(),
        Optional.of("request_too_large"));
  }

  private static ApiException invalid(String message) {
    return new ApiException(
        400, message, "invalid_request_error", Optional.empty(), Optional.empty());
  }
}
