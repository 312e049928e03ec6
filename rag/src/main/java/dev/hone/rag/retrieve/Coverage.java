package dev.hone.rag.retrieve;

import dev.hone.rag.store.PassageView;
import dev.hone.rag.store.PassageView.WeightedWord;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which share of a question's words a passage has, each weighted by its idf. Words that only make
/// it a question do not count: a passage that answers seldom has them.
public final class Coverage {
  private static final String ASKING =
      "how much many do does did can could may i my me you your have";

  private final Map<String, Double> idfs;
  private final double sum;

  public Coverage(PassageView view, String question) throws IOException {
    var asking = view.stems(ASKING);
    this.idfs =
        view.words(question).stream()
            .filter(word -> !asking.contains(word.stem()))
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
