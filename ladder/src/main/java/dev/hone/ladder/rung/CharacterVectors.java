package dev.hone.ladder.rung;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Texts as sparse vectors of length 1: character n-grams of two to five within words and at their
/// edges, and words, weighted by `(1 + ln n) · idf`.
final class CharacterVectors {
  private static final int SHORTEST = 2;
  private static final int LONGEST = 5;

  private final Map<String, Integer> places = new HashMap<>();
  private final double[] idf;

  /// A sparse vector.
  record Sparse(int[] places, float[] values) {}

  /// @param texts that say which n-grams there are, and how rare each is
  CharacterVectors(List<String> texts) {
    var holders = new ArrayList<Integer>();
    for (var text : texts) {
      for (var gram : counts(text).keySet()) {
        int place = places.computeIfAbsent(gram, name -> places.size());
        if (place == holders.size()) {
          holders.add(1);
        } else {
          holders.set(place, holders.get(place) + 1);
        }
      }
    }
    idf = new double[holders.size()];
    for (int i = 0; i < idf.length; i++) {
      idf[i] = Math.log((1.0 + texts.size()) / (1 + holders.get(i))) + 1;
    }
  }

  int size() {
    return idf.length;
  }

  Sparse of(String text) {
    var counts = counts(text);
    var places = new int[counts.size()];
    var values = new float[counts.size()];
    int known = 0;
    double squares = 0;
    for (var entry : counts.entrySet()) {
      var place = this.places.get(entry.getKey());
      if (place != null) {
        double value = (1 + Math.log(entry.getValue())) * idf[place];
        places[known] = place;
        values[known++] = (float) value;
        squares += value * value;
      }
    }
    float scale = (float) (squares > 0 ? 1 / Math.sqrt(squares) : 0);
    for (int i = 0; i < known; i++) {
      values[i] *= scale;
    }
    return new Sparse(Arrays.copyOf(places, known), Arrays.copyOf(values, known));
  }

  private static Map<String, Integer> counts(String text) {
    var counts = new HashMap<String, Integer>();
    var words = text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+");
    String before = "";
    for (var word : words) {
      if (!word.isEmpty()) {
        counts.merge("w " + word, 1, Integer::sum);
        counts.merge("w " + before + " " + word, 1, Integer::sum);
        addGrams(" " + word + " ", counts);
        before = word;
      }
    }
    return counts;
  }

  private static void addGrams(String word, Map<String, Integer> counts) {
    for (int length = SHORTEST; length <= LONGEST; length++) {
      for (int i = 0; i + length <= word.length(); i++) {
        counts.merge(word.substring(i, i + length), 1, Integer::sum);
      }
    }
  }
}
