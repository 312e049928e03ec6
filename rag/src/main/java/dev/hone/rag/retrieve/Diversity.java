package dev.hone.rag.retrieve;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Keeps near-duplicates from filling the places: of passages that say nearly the same, two are
/// admitted. Copies of a poisoned passage thus leave room for what contradicts it.
final class Diversity {
  private static final int MOST_ALIKE = 2;

  /// Share of common words (Jaccard) from which two passages say nearly the same.
  private static final double NEARLY_THE_SAME = 0.7;

  private final List<Set<String>> admitted = new ArrayList<>();

  /// Whether a passage of these words gets a place; if so, it has it.
  boolean admits(Set<String> stems) {
    long alike = admitted.stream().filter(other -> overlap(other, stems) > NEARLY_THE_SAME).count();
    return alike < MOST_ALIKE && admitted.add(stems);
  }

  private static double overlap(Set<String> a, Set<String> b) {
    long common = a.stream().filter(b::contains).count();
    long all = a.size() + b.size() - common;
    return all == 0 ? 1 : (double) common / all;
  }
}
