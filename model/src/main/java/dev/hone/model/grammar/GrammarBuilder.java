package dev.hone.model.grammar;

import dev.hone.model.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Collects the rules of a grammar; each method gives the place of a rule in the table.
final class GrammarBuilder {
  /// The place of the rule for the empty text.
  static final int EMPTY = 0;

  /// Memory that a grammar may take, in entries of its tables: 16 MB.
  private static final int MAX_ENTRIES = 1 << 22;

  /// The longest text of a list, bytes.
  private static final int MAX_TEXT = 2000;

  private final List<Rule> rules = new ArrayList<>(List.of(new Rule.Empty()));
  private int entries;

  private int add(Rule rule, int size) {
    entries += size + 8;
    if (entries > MAX_ENTRIES) {
      throw new UsageException(
          "the grammar of the answer is too large: more than %,d entries".formatted(MAX_ENTRIES),
          "take a smaller schema, or fewer texts to choose from");
    }
    rules.add(rule);
    return rules.size() - 1;
  }

  /// A rule whose content is said later.
  int reserve() {
    return nothing();
  }

  void define(int reserved, int as) {
    rules.set(reserved, new Rule.Choice(new int[] {as}));
  }

  Rule rule(int index) {
    return rules.get(index);
  }

  /// A rule that no text satisfies.
  int nothing() {
    return add(new Rule.Choice(new int[0]), 1);
  }

  /// Byte `b`, then `next`.
  int read(int b, int next) {
    return add(Rule.Read.of(b, next), 1);
  }

  /// Any byte that has a target, then that.
  ///
  /// @param targets by byte, 256 places
  int read(int[] targets) {
    var read = Rule.Read.of(targets);
    return add(read, read.targets().length);
  }

  /// The bytes of `text`, then `next`.
  int text(byte[] text, int next) {
    int rule = next;
    for (int i = text.length - 1; i >= 0; i--) rule = read(Byte.toUnsignedInt(text[i]), rule);
    return rule;
  }

  int sequence(int... parts) {
    int rule = parts[parts.length - 1];
    for (int i = parts.length - 2; i >= 0; i--) {
      if (parts[i] != EMPTY) rule = add(new Rule.Sequence(parts[i], rule), 2);
    }
    return rule;
  }

  int choice(int... options) {
    var different = Arrays.stream(options).distinct().toArray();
    return different.length == 1 ? different[0] : add(new Rule.Choice(different), different.length);
  }

  int choice(List<Integer> options) {
    return choice(options.stream().mapToInt(i -> i).toArray());
  }

  int repeat(int body, int min, int max) {
    return max == 0 ? EMPTY : add(new Rule.Repeat(body, min, max), 3);
  }

  /// A rule that also reads `text` and goes on with `next`, beside all that the reading rule `trie`
  /// does. No text may be the beginning of another.
  int insert(int trie, byte[] text, int next) {
    return insert(trie, text, 0, next);
  }

  private int insert(int trie, byte[] text, int at, int next) {
    if (at == text.length) return next;
    if (!(rules.get(trie) instanceof Rule.Read read))
      return text(Arrays.copyOfRange(text, at, text.length), next);
    var targets = read.allTargets();
    int b = Byte.toUnsignedInt(text[at]);
    targets[b] = insert(Math.max(targets[b], EMPTY), text, at + 1, next);
    return read(targets);
  }

  /// Any of these texts, one of which may be the beginning of another.
  int anyText(List<byte[]> texts) {
    for (var text : texts) requireShort(text);
    var sorted = texts.stream().sorted(Arrays::compareUnsigned).toList();
    return anyText(sorted, 0);
  }

  static void requireShort(byte[] text) {
    if (text.length <= MAX_TEXT) return;
    throw new UsageException(
        "a text to choose, or a name, has %,d bytes, more than %,d"
            .formatted(text.length, MAX_TEXT),
        "give shorter ones");
  }

  /// @param sorted texts that have the first `depth` bytes in common
  private int anyText(List<byte[]> sorted, int depth) {
    if (sorted.size() == 1) {
      var text = sorted.getFirst();
      return text(Arrays.copyOfRange(text, depth, text.length), EMPTY);
    }
    int ended = 0;
    while (ended < sorted.size() && sorted.get(ended).length == depth) ended++;
    if (ended == sorted.size()) return EMPTY;
    int longer = branches(sorted.subList(ended, sorted.size()), depth);
    return ended == 0 ? longer : choice(EMPTY, longer);
  }

  private int branches(List<byte[]> sorted, int depth) {
    var targets = new int[256];
    Arrays.fill(targets, Rule.Read.NONE);
    int from = 0;
    while (from < sorted.size()) {
      byte b = sorted.get(from)[depth];
      int to = from;
      while (to < sorted.size() && sorted.get(to)[depth] == b) to++;
      targets[Byte.toUnsignedInt(b)] = anyText(sorted.subList(from, to), depth + 1);
      from = to;
    }
    return read(targets);
  }

  Grammar build(int start) {
    return new Grammar(rules, start);
  }
}
