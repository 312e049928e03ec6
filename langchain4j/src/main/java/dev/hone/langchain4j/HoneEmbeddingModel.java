package dev.hone.langchain4j;

import dev.hone.rag.embed.Embedder;
import dev.hone.rag.embed.OnnxEmbedder;
import dev.hone.tensor.Processor;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.model.embedding.request.EmbeddingParameter;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.embedding.response.EmbeddingResponseMetadata;
import dev.langchain4j.model.output.TokenUsage;
import java.util.Set;

/// The embedding model of Hone's indexes, bge-small-en-v1.5, as LangChain4j's `EmbeddingModel`.
/// Safe for use by several threads.
///
/// A text is embedded as a passage, unless the request's input type says that it is a query. One
/// that is longer than the model reads is refused, never cut.
public final class HoneEmbeddingModel implements EmbeddingModel, AutoCloseable {
  private static final String NAME = "bge-small-en-v1.5";

  private final Embedder embedder;

  private HoneEmbeddingModel(Embedder embedder) {
    this.embedder = embedder;
  }

  /// Opens the model with as many threads as the machine has cores; it takes about a second.
  public static HoneEmbeddingModel open() {
    return open(Processor.cores());
  }

  /// @param threads texts that are embedded at once
  public static HoneEmbeddingModel open(int threads) {
    return new HoneEmbeddingModel(OnnxEmbedder.open(threads));
  }

  @Override
  public EmbeddingResponse doEmbed(EmbeddingRequest request) {
    var texts = request.inputs().stream().map(EmbeddingInput::text).toList();
    int tokens = texts.stream().mapToInt(this::tokens).sum();
    var vectors =
        request.inputType() == EmbeddingInputType.QUERY
            ? texts.stream().map(embedder::query).toList()
            : embedder.passages(texts);
    return EmbeddingResponse.builder()
        .embeddings(vectors.stream().map(Embedding::from).toList())
        .metadata(
            EmbeddingResponseMetadata.builder()
                .modelName(NAME)
                .tokenUsage(new TokenUsage(tokens))
                .build())
        .build();
  }

  private int tokens(String text) {
    int tokens = embedder.countTokens(text);
    if (tokens > embedder.maxTokens()) {
      throw new InvalidRequestException(
          "a text has %d tokens; the embedding model reads %d"
              .formatted(tokens, embedder.maxTokens()));
    }
    return tokens;
  }

  @Override
  public Set<EmbeddingParameter<?>> supportedParameters() {
    return Set.of(EmbeddingRequestParameters.INPUT_TYPE);
  }

  @Override
  public int dimension() {
    return embedder.dimension();
  }

  @Override
  public String modelName() {
    return NAME;
  }

  /// As indexes take it. It is closed with this model.
  public Embedder embedder() {
    return embedder;
  }

  @Override
  public void close() {
    embedder.close();
  }
}
