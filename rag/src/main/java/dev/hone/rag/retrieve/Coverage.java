package dev.hone.rag.retrieve;

import dev.hone.rag.store.PassageView;
import dev.hone.rag.store.PassageView.WeightedWord;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which share of a question's words a passage has, each weighted by its idf.
public final class Coverage {
  private final Map<String, Double> idfs;
  private final double sum;

  public Coverage(PassageView view, String question) throws IOException {
    this.idfs =
        view.words(question).stream()
            .collect(Collectors.toMap(WeightedWord::stem, WeightedWord::idf));
    this.sum = idfs.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /// @param stems of the passage
  public double of(Set<String> stems) {
    double covered =
        idfs.entrySet().stream()
            .filter(word -> stems.contains(word.getKey()))
            .mapToDouble(Map.Entry::getValue)
            .sum();
    return sum > 0 ? covered / sum : 0;
  }
}
