package dev.hone.model.serve;

import dev.hone.model.decoder.KvPages;
import java.nio.IntBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedSet;

/// Who has which page of the cache.
///
/// A page is free, or held by one sequence or several, or idle: held by none but still good for the
/// tokens that it was filled with. Idle pages are given away last, the least recently held first.
///
/// A page that a prompt has filled can be found again by what its keys and values hang on: the
/// adapter, all tokens before it, and its own. The tokens before it are named by the page in front
/// of it, which has a number of its own for every time that it's filled; so nothing is found that
/// isn't the same, token for token. Nobody writes into such a page any more, so no page is ever
/// copied.
final class PagePool {
  private final int[] holders;
  private final Name[] names;
  private final long[] numbers;
  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private final SequencedSet<Integer> idle = new LinkedHashSet<>();
  private final Map<Name, Integer> pages = new HashMap<>();
  private long nextNumber = 1;

  /// What a filled page is known by.
  ///
  /// @param before number of the page in front of it, or minus the adapter's root
  private record Name(long before, IntBuffer tokens) {
    static final Name NONE = new Name(0, IntBuffer.allocate(0));
  }

  PagePool(int size) {
    holders = new int[size];
    names = new Name[size];
    numbers = new long[size];
    Arrays.fill(names, Name.NONE);
    for (int page = 0; page < size; page++) {
      free.add(page);
    }
  }

  int size() {
    return holders.length;
  }

  /// Pages that can be taken.
  int available() {
    return free.size() + idle.size();
  }

  /// A page to fill, held once; empty when all are held.
  OptionalInt take() {
    if (available() == 0) return OptionalInt.empty();
    int page = free.isEmpty() ? idle.removeFirst() : free.removeFirst();
    pages.remove(names[page]);
    names[page] = Name.NONE;
    numbers[page] = nextNumber++;
    holders[page] = 1;
    return OptionalInt.of(page);
  }

  /// Stands for the page in front of a sequence's first.
  ///
  /// @param root the adapter's
  static long beginning(long root) {
    return -root;
  }

  /// Stands for a page in front of another one.
  long number(int page) {
    return numbers[page];
  }

  /// The page that holds a page's worth of tokens behind `before`, held once more.
  ///
  /// @param from the first of the tokens
  OptionalInt find(long before, int[] tokens, int from) {
    var page = pages.get(new Name(before, IntBuffer.wrap(tokens, from, KvPages.TOKENS).slice()));
    if (page == null) return OptionalInt.empty();
    if (holders[page]++ == 0) idle.remove(page);
    return OptionalInt.of(page);
  }

  /// Lets a page that is or is being filled be found. Where another one is known by the same name,
  /// that one stays.
  void publish(int page, long before, int[] tokens, int from) {
    int[] copy = Arrays.copyOfRange(tokens, from, from + KvPages.TOKENS);
    var name = new Name(before, IntBuffer.wrap(copy));
    if (pages.putIfAbsent(name, page) == null) names[page] = name;
  }

  /// Ends one hold.
  void release(int page) {
    if (holders[page] == 0) throw new IllegalStateException("page " + page + " is held by nobody");
    if (--holders[page] > 0) return;
    if (names[page] == Name.NONE) free.addFirst(page);
    else idle.addLast(page);
  }
}
