package dev.hone.server.http;

import dev.hone.rag.embed.Embedder;
import dev.hone.server.grader.GraderRequest;
import dev.hone.server.grader.Graders;
import dev.hone.server.model.ModelNames;
import dev.hone.server.openai.Chat;
import dev.hone.server.state.Scope;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `/v1/fine_tuning/alpha/graders`.
record GradersEndpoint(
    Chat chat, ModelNames names, Embedder embedder, TokenCount tokens, long bodyBytes) {
  JsonNode validate(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.INFERENCE);
    var body = JsonBody.read(request, bodyBytes);
    graders(caller, request).requireModels(GraderRequest.readGrader(body, embedder));
    return JsonNodeFactory.instance.objectNode().set("grader", body.get("grader"));
  }

  JsonNode run(Caller caller, ServerRequest request) throws IOException, InterruptedException {
    caller.require(Scope.INFERENCE);
    var asked = GraderRequest.read(JsonBody.read(request, bodyBytes), embedder);
    long start = System.nanoTime();
    var graders = graders(caller, request);
    graders.requireModels(asked.grader());
    var graded = graders.run(asked.grader(), asked.variables());
    return graded.toJson(asked.grader(), (System.nanoTime() - start) / 1e9);
  }

  private Graders graders(Caller caller, ServerRequest request) {
    return new Graders(
        chat,
        names,
        caller.tenant(),
        caller.client(),
        spent -> {
          LogEntry.of(request).add(spent);
          tokens.add(caller, spent);
        });
  }
}
