package dev.hone.rag;

import dev.hone.rag.embed.Embedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// An embedder for tests: the sum of a random direction for each word. Counts what it embeds.
public final class WordEmbedder implements Embedder {
  private static final int DIMENSION = 32;
  private final List<String> embedded = new ArrayList<>();

  /// The passages that were embedded, in order.
  public List<String> embedded() {
    return embedded;
  }

  @Override
  public String fingerprint() {
    return "words";
  }

  @Override
  public int dimension() {
    return DIMENSION;
  }

  @Override
  public int maxTokens() {
    return 60;
  }

  @Override
  public int countTokens(String text) {
    return text.isBlank() ? 0 : text.strip().split("\\s+").length;
  }

  @Override
  public List<float[]> passages(List<String> texts) {
    embedded.addAll(texts);
    return texts.stream().map(this::query).toList();
  }

  @Override
  public float[] query(String text) {
    var sum = new float[DIMENSION];
    for (var word : text.toLowerCase(Locale.ROOT).split("\\W+")) {
      var random = new SplittableRandom(word.hashCode());
      for (int i = 0; i < DIMENSION; i++) {
        sum[i] += (float) random.nextDouble(-1, 1);
      }
    }
    double length = 0;
    for (float x : sum) {
      length += x * x;
    }
    for (int i = 0; i < DIMENSION; i++) {
      sum[i] /= (float) Math.sqrt(length);
    }
    return sum;
  }

  @Override
  public void close() {}
}
