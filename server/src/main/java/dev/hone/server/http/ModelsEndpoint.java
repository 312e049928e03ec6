package dev.hone.server.http;

import dev.hone.model.chat.ModelHost;
import dev.hone.server.api.ApiException;
import dev.hone.server.model.ModelNames;
import dev.hone.server.state.Scope;
import dev.hone.server.state.State;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `/v1/models`.
final class ModelsEndpoint {
  private final ModelNames names;
  private final ModelHost host;
  private final State state;

  ModelsEndpoint(ModelNames names, ModelHost host, State state) {
    this.names = names;
    this.host = host;
    this.state = state;
  }

  JsonNode list(Caller caller, ServerRequest request) throws IOException {
    var json = JsonNodeFactory.instance.objectNode().put("object", "list");
    var data = json.putArray("data");
    for (var model : names.list(caller.tenant())) {
      data.add(model.toJson());
    }
    return json;
  }

  JsonNode retrieve(Caller caller, ServerRequest request) throws IOException {
    var name = Query.id(request);
    for (var model : names.list(caller.tenant())) {
      if (model.id().equals(name)) {
        return model.toJson();
      }
    }
    throw ApiException.notFound(
        "model", "model_not_found", "The model '%s' does not exist".formatted(name));
  }

  JsonNode delete(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.FINE_TUNING);
    var name = Query.id(request);
    var tuned = state.models().find(caller.tenant(), name);
    var deleted = state.models().delete(caller.tenant(), name);
    tuned.ifPresent(model -> host.remove(state.models().directory(model)));
    state.audit().add(caller.tenant(), caller.client(), "model.delete", name, "");
    return deleted.toJson();
  }
}
