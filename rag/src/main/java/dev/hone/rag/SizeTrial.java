package dev.hone.rag;

import dev.hone.rag.document.Limits;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.measure.Interval;
import dev.hone.rag.measure.Question;
import dev.hone.rag.measure.WithinTokens;
import dev.hone.rag.update.UpdateListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Compares sizes of passages at equal cost: whether what answers a question stands in the first
/// thousand tokens that are found.
///
/// @param found share of all questions, by size in tokens
/// @param best of half of the questions
/// @param gain of the best over the size in use, on the other half
public record SizeTrial(TreeMap<Integer, Double> found, int best, Interval gain) {
  private static final int BUDGET = 1_000;

  /// Whether the gain is more than chance.
  public boolean isGain() {
    return gain.low() > 0;
  }

  /// Makes an index of each size in a directory below `scratch`, and asks it.
  ///
  /// @param sizes to try; the size in use first
  /// @param questions that have evidence, or answers
  public static SizeTrial run(
      Path docs,
      Path scratch,
      Embedder embedder,
      List<Integer> sizes,
      List<Question> questions,
      UpdateListener listener)
      throws IOException {
    var found = new TreeMap<Integer, double[]>();
    for (int size : sizes) {
      var options = new DocumentIndex.Options(Optional.of(size), false, Optional.empty());
      try (var index = DocumentIndex.open(scratch.resolve("of-" + size), embedder, options)) {
        index.update(docs, Limits.DEFAULT, Optional.empty(), listener);
        try (var view = index.view()) {
          found.put(size, WithinTokens.found(view, embedder, index.fusion(), questions, BUDGET));
        }
      }
    }
    return of(sizes.getFirst(), found);
  }

  private static SizeTrial of(int inUse, TreeMap<Integer, double[]> found) {
    int best = inUse;
    for (var size : found.entrySet()) {
      if (half(size.getValue(), 0) > half(found.get(best), 0)) {
        best = size.getKey();
      }
    }
    var differences = new double[found.get(inUse).length / 2];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = found.get(best)[2 * i + 1] - found.get(inUse)[2 * i + 1];
    }
    var shares = new TreeMap<Integer, Double>();
    found.forEach((size, all) -> shares.put(size, (half(all, 0) + half(all, 1)) / all.length));
    return new SizeTrial(shares, best, Interval.of(differences));
  }

  /// The sum of every second value.
  private static double half(double[] values, int from) {
    double sum = 0;
    for (int i = from; i < values.length; i += 2) {
      sum += values[i];
    }
    return sum;
  }
}
