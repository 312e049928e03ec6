package dev.hone.tune.pretrain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/// Learns a byte-level BPE vocabulary: again and again the most frequent pair of neighbours within
/// words becomes a symbol of its own. (Sennrich et al. 2016, arXiv 1508.07909)
///
/// Counts are kept up to date as pairs are merged, and only words that hold the pair are looked at.
/// Where two pairs are as frequent, the one of older symbols comes first, so that the same words
/// give the same vocabulary.
final class BytePairs {
  private static final int BYTES = 256;

  /// Two neighbours become one.
  ///
  /// @param left a symbol: a byte, or 256 and more for the merges in their order
  record Merge(int left, int right) {}

  private record Candidate(long count, long pair) {}

  private static final Comparator<Candidate> MOST_FREQUENT_FIRST =
      Comparator.comparingLong(Candidate::count).reversed().thenComparingLong(Candidate::pair);

  private final List<int[]> words = new ArrayList<>();
  private final List<Long> counts = new ArrayList<>();
  private final Map<Long, Long> pairCounts = new HashMap<>();
  private final Map<Long, Set<Integer>> wordsOfPair = new HashMap<>();
  private final PriorityQueue<Candidate> queue = new PriorityQueue<>(MOST_FREQUENT_FIRST);

  private BytePairs(Map<String, Long> wordCounts) {
    new TreeMap<>(wordCounts)
        .forEach((word, count) -> {
          words.add(ByteLevel.bytes(word));
          counts.add(count);
        });
    for (int w = 0; w < words.size(); w++) {
      var word = words.get(w);
      for (int i = 0; i + 1 < word.length; i++) {
        change(pair(word[i], word[i + 1]), counts.get(w), w);
      }
    }
    pairCounts.forEach((pair, count) -> queue.add(new Candidate(count, pair)));
  }

  /// @param wordCounts words of the corpus with their counts
  /// @param most merges at most; fewer where no pair is left that occurs twice
  static List<Merge> learn(Map<String, Long> wordCounts, int most) {
    return new BytePairs(wordCounts).learn(most);
  }

  private List<Merge> learn(int most) {
    var merges = new ArrayList<Merge>();
    while (merges.size() < most && !queue.isEmpty()) {
      var best = queue.remove();
      long count = pairCounts.getOrDefault(best.pair(), 0L);
      if (count != best.count()) { // outdated
        if (count > 0) {
          queue.add(new Candidate(count, best.pair()));
        }
        continue;
      }
      if (count < 2) {
        break;
      }
      var merge = new Merge((int) (best.pair() >>> 32), (int) best.pair());
      merge(merge, best.pair(), BYTES + merges.size());
      merges.add(merge);
    }
    return merges;
  }

  private void merge(Merge merge, long pair, int symbol) {
    var touched = new HashSet<Long>();
    for (int w : wordsOfPair.remove(pair)) {
      words.set(w, merged(words.get(w), merge, symbol, w, touched));
    }
    pairCounts.remove(pair);
    for (long changed : touched) {
      long count = pairCounts.getOrDefault(changed, 0L);
      if (count > 0) {
        queue.add(new Candidate(count, changed));
      }
    }
  }

  /// The word with the pair as one symbol, its neighbours counted anew.
  ///
  /// @param touched takes the pairs that have become more frequent
  private int[] merged(int[] word, Merge merge, int symbol, int w, Set<Long> touched) {
    var result = new int[word.length];
    int size = 0;
    for (int i = 0; i < word.length; i++) {
      boolean isPair =
          i + 1 < word.length && word[i] == merge.left() && word[i + 1] == merge.right();
      result[size++] = isPair ? symbol : word[i];
      i += isPair ? 1 : 0;
    }
    if (size == word.length) {
      return word;
    }
    var shorter = Arrays.copyOf(result, size);
    long count = counts.get(w);
    for (int i = 0; i + 1 < word.length; i++) {
      change(pair(word[i], word[i + 1]), -count, w);
    }
    for (int i = 0; i + 1 < size; i++) {
      long pair = pair(shorter[i], shorter[i + 1]);
      change(pair, count, w);
      if (shorter[i] == symbol || shorter[i + 1] == symbol) {
        touched.add(pair);
      }
    }
    return shorter;
  }

  private void change(long pair, long by, int word) {
    pairCounts.merge(pair, by, Long::sum);
    if (by > 0) {
      wordsOfPair.computeIfAbsent(pair, p -> new HashSet<>()).add(word);
    }
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }
}
