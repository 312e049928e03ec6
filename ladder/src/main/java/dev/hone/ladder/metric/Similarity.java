package dev.hone.ladder.metric;

import dev.hone.rag.embed.Embedder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How alike answer and reference are by an embedding model: 0 for two answers that have nothing to
/// do with one another, 1 for the same. The cosine of their vectors, with the mean cosine of
/// answers that belong to different questions as zero; not BERTScore, which compares token by
/// token. Of an answer longer than the embedder reads, the beginning counts.
public final class Similarity implements Metric {
  private final Embedder embedder;
  private final double zero;
  private final Map<String, float[]> known = new HashMap<>();

  /// @param answers of different questions, which say what cosine means nothing
  public Similarity(Embedder embedder, List<String> answers) {
    this.embedder = embedder;
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i + 1 < answers.size(); i++) {
      if (!answers.get(i).equals(answers.get(i + 1))) {
        sum += cosine(answers.get(i), answers.get(i + 1));
        pairs++;
      }
    }
    this.zero = pairs == 0 ? 0 : sum / pairs;
  }

  @Override
  public String name() {
    return "similarity";
  }

  @Override
  public boolean isPassFail() {
    return false;
  }

  @Override
  public double score(Reference reference, String answer) {
    double most = 0;
    for (var accepted : reference.answers()) {
      most = Math.max(most, (cosine(accepted, answer) - zero) / (1 - zero));
    }
    return Math.min(1, most);
  }

  private double cosine(String one, String other) {
    var first = vector(one);
    var second = vector(other);
    double sum = 0;
    for (int i = 0; i < first.length; i++) {
      sum += (double) first[i] * second[i];
    }
    return sum;
  }

  private float[] vector(String text) {
    return known.computeIfAbsent(
        text, whole -> embedder.passages(List.of(beginning(whole))).getFirst());
  }

  private String beginning(String text) {
    var part = text;
    while (embedder.countTokens(part) > embedder.maxTokens()) {
      part = part.substring(0, part.length() * 3 / 4);
    }
    return part;
  }
}
