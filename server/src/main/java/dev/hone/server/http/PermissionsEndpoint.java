package dev.hone.server.http;

import dev.hone.server.api.CheckpointPermission;
import dev.hone.server.api.Deleted;
import dev.hone.server.api.Page;
import dev.hone.server.openai.PermissionRequest;
import dev.hone.server.state.Scope;
import dev.hone.server.state.State;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// `/v1/fine_tuning/checkpoints/{id}/permissions`: who else may ask a model.
final class PermissionsEndpoint {
  private static final int USUAL_LIMIT = 10;

  private final State state;
  private final long bodyBytes;

  PermissionsEndpoint(State state, long bodyBytes) {
    this.state = state;
    this.bodyBytes = bodyBytes;
  }

  JsonNode create(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.ADMIN);
    var others = PermissionRequest.read(JsonBody.read(request, bodyBytes)).projectIds();
    var model = Query.id(request);
    var granted = state.permissions().grant(caller.tenant(), model, others);
    var names = String.join(" ", others);
    state.audit().add(caller.tenant(), caller.client(), "permission.create", model, names);
    return new Page<>(granted, false).toJson();
  }

  JsonNode list(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.ADMIN);
    Query.requireKnown(request, Set.of("project_id", "after", "limit", "order"));
    var page = Query.page(request, USUAL_LIMIT, "ascending", "descending");
    var other = Query.text(request, "project_id");
    return state.permissions().list(caller.tenant(), Query.id(request), other, page).toJson();
  }

  JsonNode delete(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.ADMIN);
    var model = Query.id(request);
    var id = request.path().pathParameters().get("permission");
    var revoked = state.permissions().revoke(caller.tenant(), model, id);
    state
        .audit()
        .add(caller.tenant(), caller.client(), "permission.delete", model, revoked.projectId());
    return new Deleted(id, CheckpointPermission.KIND).toJson();
  }
}
