package dev.hone.ladder.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// The rows in three parts that share no group: what rungs learn from, what chooses between them,
/// and what is looked at once.
///
/// @param train for examples, indexes of answers, and training
/// @param selection chooses prompts, examples and the rung that is proposed
/// @param test confirms it
/// @param leaks rows of `train` that were left out, since they say what a held-out row says
/// @param contradictions among all the rows
public record Parts(
    List<Item> train,
    List<Item> selection,
    List<Item> test,
    List<Leak> leaks,
    Contradictions contradictions) {
  private static final double HELD_OUT = 0.3;
  private static final int MOST_HELD_OUT = 1_000;
  private static final double NEARLY_THE_SAME = 0.8;
  private static final int WORDS = 5;

  public Parts {
    train = List.copyOf(train);
    selection = List.copyOf(selection);
    test = List.copyOf(test);
    leaks = List.copyOf(leaks);
  }

  /// @param trained the row that was left out
  /// @param heldOut the row that it nearly repeats
  public record Leak(long trained, long heldOut) {}

  /// Holds out three tenths of the rows, at most a thousand: half to choose, half to confirm.
  public static Parts of(List<Item> items, long seed) {
    var groups = shuffledGroups(items, seed);
    int wanted = (int) Math.min(MOST_HELD_OUT, Math.round(items.size() * HELD_OUT));
    var heldOut = new ArrayList<Item>();
    int taken = 0;
    while (heldOut.size() < wanted && taken < groups.size() - 1) {
      heldOut.addAll(groups.get(taken++));
    }
    var train = groups.subList(taken, groups.size()).stream().flatMap(List::stream).toList();
    return of(train, heldOut, seed);
  }

  /// The same where the user has held rows out.
  public static Parts of(List<Item> train, List<Item> heldOut, long seed) {
    var selection = new ArrayList<Item>();
    var test = new ArrayList<Item>();
    for (var group : shuffledGroups(heldOut, seed)) {
      (selection.size() <= test.size() ? selection : test).addAll(group);
    }
    var leaks = new ArrayList<Leak>();
    var clean = withoutLeaks(train, heldOut, leaks);
    var all = new ArrayList<>(train);
    all.addAll(heldOut);
    return new Parts(clean, limited(selection), limited(test), leaks, Contradictions.of(all));
  }

  private static List<Item> limited(List<Item> part) {
    return part.subList(0, Math.min(MOST_HELD_OUT / 2, part.size()));
  }

  private static List<List<Item>> shuffledGroups(List<Item> items, long seed) {
    var groups = new TreeMap<String, List<Item>>();
    items.forEach(i -> groups.computeIfAbsent(i.group(), name -> new ArrayList<>()).add(i));
    var random = new SplittableRandom(seed);
    var keys = new HashMap<String, Long>();
    groups.keySet().forEach(name -> keys.put(name, random.nextLong()));
    return groups.entrySet().stream()
        .sorted(Comparator.comparing(entry -> keys.get(entry.getKey())))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static List<Item> withoutLeaks(List<Item> train, List<Item> heldOut, List<Leak> leaks) {
    var index = new HashMap<String, List<Integer>>();
    var shingles = new ArrayList<Set<String>>();
    for (int i = 0; i < heldOut.size(); i++) {
      shingles.add(shingles(heldOut.get(i).question()));
      int place = i;
      shingles.get(i).forEach(s -> index.computeIfAbsent(s, k -> new ArrayList<>()).add(place));
    }
    var clean = new ArrayList<Item>();
    for (var item : train) {
      int same = nearlySame(shingles(item.question()), index, shingles);
      if (same >= 0) {
        leaks.add(new Leak(item.line(), heldOut.get(same).line()));
      } else {
        clean.add(item);
      }
    }
    return clean;
  }

  private static int nearlySame(
      Set<String> own, Map<String, List<Integer>> index, List<Set<String>> others) {
    var common = new HashMap<Integer, Integer>();
    for (var shingle : own) {
      index.getOrDefault(shingle, List.of()).forEach(i -> common.merge(i, 1, Integer::sum));
    }
    for (var entry : common.entrySet()) {
      int all = own.size() + others.get(entry.getKey()).size() - entry.getValue();
      if (entry.getValue() >= NEARLY_THE_SAME * all) {
        return entry.getKey();
      }
    }
    return -1;
  }

  /// Runs of five words; the whole of a shorter text.
  private static Set<String> shingles(String text) {
    var words = text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", " ").strip();
    var parts = words.split(" ");
    var shingles = new HashSet<String>();
    for (int i = 0; i + WORDS <= parts.length; i++) {
      shingles.add(String.join(" ", List.of(parts).subList(i, i + WORDS)));
    }
    if (shingles.isEmpty()) {
      shingles.add(words);
    }
    return shingles;
  }
}
