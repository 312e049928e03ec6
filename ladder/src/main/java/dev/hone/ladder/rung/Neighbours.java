package dev.hone.ladder.rung;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// The texts that are most like a given one.
final class Neighbours {
  private final CharacterVectors vectors;
  private final int count;

  /// For each n-gram, which texts have it, and how much.
  private final List<List<Holder>> holders = new ArrayList<>();

  private record Holder(int text, float value) {}

  /// A text and its cosine with the one that was asked about.
  record Near(int text, double cosine) {}

  Neighbours(List<String> texts) {
    this.vectors = new CharacterVectors(texts);
    this.count = texts.size();
    for (int i = 0; i < vectors.size(); i++) {
      holders.add(new ArrayList<>(1));
    }
    for (int text = 0; text < count; text++) {
      var vector = vectors.of(texts.get(text));
      for (int i = 0; i < vector.places().length; i++) {
        holders.get(vector.places()[i]).add(new Holder(text, vector.values()[i]));
      }
    }
  }

  /// Nearest first; of equally near ones the earlier.
  List<Near> of(String text, int most) {
    var cosines = new double[count];
    var vector = vectors.of(text);
    for (int i = 0; i < vector.places().length; i++) {
      for (var holder : holders.get(vector.places()[i])) {
        cosines[holder.text()] += (double) vector.values()[i] * holder.value();
      }
    }
    return IntStream.range(0, count)
        .mapToObj(i -> new Near(i, cosines[i]))
        .sorted(Comparator.comparingDouble(Near::cosine).reversed())
        .limit(most)
        .toList();
  }
}
