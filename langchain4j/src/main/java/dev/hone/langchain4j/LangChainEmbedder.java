package dev.hone.langchain4j;

import dev.hone.rag.embed.Embedder;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.embedding.EmbeddingModel;
import java.util.List;

/// Any LangChain4j embedding model as Hone's embedder.
///
/// LangChain4j's models neither say how much they read nor what their vectors depend on, so both
/// are given here: a wrong `maxTokens` lets the model cut passages silently, a wrong fingerprint
/// mixes vectors.
public final class LangChainEmbedder implements Embedder {
  private final EmbeddingModel model;
  private final TokenCountEstimator tokens;
  private final Traits traits;

  /// What the model does not say of itself.
  ///
  /// @param fingerprint name and version of what makes the vectors
  /// @param maxTokens the most tokens of a text that count
  /// @param queryPrefix what the model was trained to see before a question; may be empty
  public record Traits(String fingerprint, int maxTokens, String queryPrefix) {}

  public LangChainEmbedder(EmbeddingModel model, TokenCountEstimator tokens, Traits traits) {
    this.model = model;
    this.tokens = tokens;
    this.traits = traits;
  }

  @Override
  public String fingerprint() {
    return traits.fingerprint();
  }

  @Override
  public int dimension() {
    return model.dimension();
  }

  @Override
  public int maxTokens() {
    return traits.maxTokens();
  }

  @Override
  public int countTokens(String text) {
    return tokens.estimateTokenCountInText(text);
  }

  @Override
  public List<float[]> passages(List<String> texts) {
    for (var text : texts) {
      if (countTokens(text) > maxTokens()) {
        throw new IllegalArgumentException(
            "embed: text has %d tokens, the model reads %d"
                .formatted(countTokens(text), maxTokens()));
      }
    }
    if (texts.isEmpty()) {
      return List.of();
    }
    return model.embedAll(texts.stream().map(TextSegment::from).toList()).content().stream()
        .map(embedding -> {
          embedding.normalize();
          return embedding.vector();
        })
        .toList();
  }

  @Override
  public float[] query(String text) {
    var embedding = model.embed(traits.queryPrefix() + text).content();
    embedding.normalize();
    return embedding.vector();
  }

  /// Closes nothing: whoever made the model closes it.
  @Override
  public void close() {}
}
