package dev.hone.server.http;

import dev.hone.server.api.ApiException;
import dev.hone.server.openai.Fields;
import dev.hone.server.openai.UploadRequests;
import dev.hone.server.state.Scope;
import dev.hone.server.state.State;
import dev.hone.server.state.Uploads;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import tools.jackson.databind.JsonNode;

/// `/v1/uploads`.
final class UploadsEndpoint {
  /// Of a form beside its file.
  private static final int FORM_BYTES = 64 << 10;

  private final State state;
  private final long bodyBytes;

  UploadsEndpoint(State state, long bodyBytes) {
    this.state = state;
    this.bodyBytes = bodyBytes;
  }

  JsonNode create(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.FINE_TUNING);
    var wanted = UploadRequests.create(Fields.of(JsonBody.read(request, bodyBytes)));
    return state.uploads().create(caller.tenant(), wanted).toJson();
  }

  JsonNode addPart(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.FINE_TUNING);
    var form = Form.of(request, Uploads.MOST_PART_BYTES + FORM_BYTES);
    for (var part = form.next(); part.isPresent(); part = form.next()) {
      if (part.get().getFieldName().equals("data")) {
        try (var content = Form.content(part.get())) {
          return state.uploads().addPart(caller.tenant(), Query.id(request), content).toJson();
        }
      }
    }
    throw ApiException.invalid(
        "data", "missing_required_parameter", "Missing required parameter: 'data'.");
  }

  JsonNode complete(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.FINE_TUNING);
    var order = UploadRequests.complete(Fields.of(JsonBody.read(request, bodyBytes)));
    var done =
        state.uploads().complete(caller.tenant(), Query.id(request), order.partIds(), order.md5());
    if (done.file().isPresent()) {
      var file = done.file().get();
      state.audit().add(caller.tenant(), caller.client(), "file.create", file.id(), file.purpose());
    }
    return done.toJson();
  }

  JsonNode cancel(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.FINE_TUNING);
    return state.uploads().cancel(caller.tenant(), Query.id(request)).toJson();
  }
}
