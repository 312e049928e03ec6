package dev.hone.server.http;

import dev.hone.rag.embed.Embedder;
import dev.hone.server.api.ApiException;
import dev.hone.server.openai.EmbeddingRequest;
import dev.hone.server.openai.Spent;
import dev.hone.server.state.Scope;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import tools.jackson.databind.JsonNode;

/// `POST /v1/embeddings`, by the embedding model of the indexes.
final class EmbeddingsEndpoint {
  static final String MODEL = "bge-small-en-v1.5";

  private final Embedder embedder;
  private final TokenCount tokens;
  private final long bodyBytes;

  EmbeddingsEndpoint(Embedder embedder, TokenCount tokens, long bodyBytes) {
    this.embedder = embedder;
    this.tokens = tokens;
    this.bodyBytes = bodyBytes;
  }

  JsonNode create(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.INFERENCE);
    var body = JsonBody.read(request, bodyBytes);
    var asked = EmbeddingRequest.read(body, embedder.dimension());
    if (!asked.model().equals(MODEL)) {
      throw ApiException.notFound(
          "model", "model_not_found", "The embedding model here is '%s'.".formatted(MODEL));
    }
    int read = 0;
    for (int i = 0; i < asked.input().size(); i++) {
      int own = embedder.countTokens(asked.input().get(i));
      if (own > embedder.maxTokens()) {
        throw ApiException.invalid(
            "input",
            "context_length_exceeded",
            "input[%d] has %d tokens; the model reads %d.".formatted(i, own, embedder.maxTokens()));
      }
      read += own;
    }
    var entry = LogEntry.of(request);
    entry.addModel(MODEL);
    entry.addPrompt(body);
    var reply = asked.reply(embedder.passages(asked.input()), read);
    var spent = new Spent(read, 0);
    entry.add(spent);
    tokens.add(caller, spent);
    return reply;
  }
}
