package dev.hone.server.grader;

import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.metric.Reference;
import dev.hone.model.UsageException;
import dev.hone.rag.embed.Embedder;
import java.util.List;

/// How alike two texts are by an embedding model: the cosine of their vectors.
record Cosine(Embedder embedder) implements Metric {
  @Override
  public String name() {
    return "cosine";
  }

  @Override
  public boolean isPassFail() {
    return false;
  }

  /// @throws UsageException where a text has more tokens than the model reads
  @Override
  public double score(Reference reference, String answer) {
    var first = vector(answer);
    var second = vector(reference.answers().getFirst());
    double sum = 0;
    for (int i = 0; i < first.length; i++) {
      sum += (double) first[i] * second[i];
    }
    return sum;
  }

  private float[] vector(String text) {
    int tokens = embedder.countTokens(text);
    if (tokens > embedder.maxTokens()) {
      throw new UsageException(
          "a text has %d tokens, and the embedding model reads %d"
              .formatted(tokens, embedder.maxTokens()),
          "compare shorter ones");
    }
    return embedder.passages(List.of(text)).getFirst();
  }
}
