package dev.hone.server.api;

import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A request that is refused, as OpenAI's clients expect to be told.
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String INVALID = "invalid_request_error";

  private final int status;
  private final String type;
  private final transient Optional<String> param;
  private final transient Optional<String> code;

  /// @param status of HTTP
  /// @param message for the caller; names no path of ours
  /// @param param which part of the request is wrong
  /// @param code that programs tell the error by
  public ApiException(
      int status, String message, String type, Optional<String> param, Optional<String> code) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
  }

  /// A request that cannot be right.
  public static ApiException invalid(String param, String message) {
    return new ApiException(400, message, INVALID, Optional.of(param), Optional.empty());
  }

  /// A request that cannot be right, for a reason that has a code.
  public static ApiException invalid(String param, String code, String message) {
    return new ApiException(400, message, INVALID, Optional.of(param), Optional.of(code));
  }

  /// Something that isn't there, or that the caller may not see.
  public static ApiException notFound(String param, String message) {
    return new ApiException(404, message, INVALID, Optional.of(param), Optional.empty());
  }

  /// Something that isn't there, with a code.
  public static ApiException notFound(String param, String code, String message) {
    return new ApiException(404, message, INVALID, Optional.of(param), Optional.of(code));
  }

  /// More than the caller may have.
  public static ApiException quota(String message) {
    return new ApiException(
        403, message, "insufficient_quota", Optional.empty(), Optional.of("insufficient_quota"));
  }

  public int status() {
    return status;
  }

  public String type() {
    return type;
  }

  public Optional<String> param() {
    return param;
  }

  public Optional<String> code() {
    return code;
  }

  /// `{"error": {message, type, param, code}}`, all four keys present.
  public ObjectNode toJson() {
    var json = JsonNodeFactory.instance.objectNode();
    json.putObject("error")
        .put("message", getMessage())
        .put("type", type)
        .put("param", param.orElse(null))
        .put("code", code.orElse(null));
    return json;
  }
}
