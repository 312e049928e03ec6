package dev.hone.tune.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hone.testkit.Seeds;
import dev.hone.tune.pretrain.BytePairs.Merge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class BytePairsTest {
  /// The words of Sennrich et al. 2016: e-s and s-t occur nine times, then l-o and o-w seven.
  @Test
  void mergesAreThoseCountedByHand() {
    var merges = BytePairs.learn(Map.of("low", 5L, "lower", 2L, "newest", 6L, "widest", 3L), 5);
    assertEquals(
        List.of(
            new Merge('e', 's'),
            new Merge(256, 't'),
            new Merge('l', 'o'),
            new Merge(258, 'w'),
            new Merge('e', 'w')),
        merges);
  }

  @Test
  void aPairThatOccursOnceIsNotMerged() {
    assertEquals(List.of(), BytePairs.learn(Map.of("abc", 1L), 10));
  }

  /// Counting everything anew for each merge gives the same merges.
  @ParameterizedTest
  @Seeds(20)
  void mergesEqualThoseOfTheDefinition(long seed) {
    var random = new SplittableRandom(seed);
    var words = new HashMap<String, Long>();
    for (int i = 0; i < 30; i++) {
      var word = new StringBuilder();
      for (int n = random.nextInt(1, 9); n > 0; n--) {
        word.append((char) ('a' + random.nextInt(3)));
      }
      words.merge(word.toString(), (long) random.nextInt(1, 5), Long::sum);
    }
    assertEquals(naive(words, 12), BytePairs.learn(words, 12));
  }

  private static List<Merge> naive(Map<String, Long> counts, int most) {
    var words = new HashMap<String, List<Integer>>();
    counts.keySet().forEach(w -> words.put(w, new ArrayList<>(w.chars().boxed().toList())));
    var merges = new ArrayList<Merge>();
    while (merges.size() < most) {
      var pairs = new TreeMap<Long, Long>();
      words.forEach((word, symbols) -> {
        for (int i = 0; i + 1 < symbols.size(); i++) {
          long pair = (long) symbols.get(i) << 32 | symbols.get(i + 1);
          pairs.merge(pair, counts.get(word), Long::sum);
        }
      });
      long best = pairs.values().stream().mapToLong(c -> c).max().orElse(0);
      if (best < 2) {
        break;
      }
      long pair = pairs.keySet().stream().filter(p -> pairs.get(p) == best).findFirst().get();
      var merge = new Merge((int) (pair >>> 32), (int) pair);
      int symbol = 256 + merges.size();
      words.values().forEach(symbols -> replace(symbols, merge, symbol));
      merges.add(merge);
    }
    return merges;
  }

  private static void replace(List<Integer> symbols, Merge merge, int symbol) {
    for (int i = 0; i + 1 < symbols.size(); i++) {
      if (symbols.subList(i, i + 2).equals(Arrays.asList(merge.left(), merge.right()))) {
        symbols.remove(i + 1);
        symbols.set(i, symbol);
      }
    }
  }
}
