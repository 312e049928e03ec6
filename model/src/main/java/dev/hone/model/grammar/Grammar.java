package dev.hone.model.grammar;

import dev.hone.model.UsageException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// The texts that an answer may be. Immutable; made by [JsonSchema] or [#choice]. The same object
/// given for many answers lets what was found out about it be used again.
public final class Grammar {
  /// The least bytes of a rule that no text satisfies.
  static final int NEVER = 1 << 30;

  private final List<Rule> rules;
  private final int start;
  private final int[] minBytes;

  Grammar(List<Rule> rules, int start) {
    this.rules = List.copyOf(rules);
    this.start = start;
    this.minBytes = leastBytes(this.rules);
  }

  /// One of these texts and nothing else, for instance the labels of a classification.
  ///
  /// @throws UsageException when there are none, or one is empty, begins or ends with white space
  ///   (which tokenizers may drop), or has half a character
  public static Grammar choice(List<String> texts) {
    if (texts.isEmpty()) {
      throw new UsageException("there are no texts to choose from", "give one or more");
    }
    texts.forEach(Grammar::requireText);
    var builder = new GrammarBuilder();
    var bytes = texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    return builder.build(builder.anyText(bytes));
  }

  private static void requireText(String text) {
    if (text.isEmpty() || !text.strip().equals(text)) {
      throw new UsageException(
          "the text \"%s\" to choose is empty, or begins or ends with white space".formatted(text),
          "trim it");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new UsageException(
          "the text \"%s\" to choose has half a character, a lone surrogate".formatted(text),
          "give whole characters");
    }
  }

  /// Least bytes by rule: repeated until nothing changes, since rules may name themselves.
  private static int[] leastBytes(List<Rule> rules) {
    var least = new int[rules.size()];
    Arrays.fill(least, NEVER);
    boolean isChanged = true;
    while (isChanged) {
      isChanged = false;
      for (int i = 0; i < least.length; i++) {
        int now = leastBytes(rules.get(i), least);
        isChanged |= now < least[i];
        least[i] = now;
      }
    }
    return least;
  }

  private static int leastBytes(Rule rule, int[] least) {
    return switch (rule) {
      case Rule.Empty() -> 0;
      case Rule.Read(_, var targets) -> plus(1, leastOf(targets, least));
      case Rule.Sequence(int head, int tail) -> plus(least[head], least[tail]);
      case Rule.Choice(var options) -> leastOf(options, least);
      case Rule.Repeat(int body, int min, _) -> times(min, least[body]);
    };
  }

  private static int leastOf(int[] rules, int[] least) {
    int smallest = NEVER;
    for (int rule : rules) {
      if (rule != Rule.Read.NONE) smallest = Math.min(smallest, least[rule]);
    }
    return smallest;
  }

  static int plus(int a, int b) {
    return Math.min(NEVER, a + b);
  }

  private static int times(int count, int bytes) {
    return (int) Math.min(NEVER, (long) count * bytes);
  }

  /// The part of this grammar that needs no other bytes than these.
  Grammar within(BitSet bytes) {
    if (bytes.cardinality() == 256) return this;
    return new Grammar(rules.stream().map(rule -> within(bytes, rule)).toList(), start);
  }

  private static Rule within(BitSet bytes, Rule rule) {
    if (!(rule instanceof Rule.Read read)) return rule;
    var targets = read.allTargets();
    for (int b = 0; b < targets.length; b++) {
      if (!bytes.get(b)) targets[b] = Rule.Read.NONE;
    }
    return Rule.Read.of(targets);
  }

  Rule rule(int index) {
    return rules.get(index);
  }

  int start() {
    return start;
  }

  /// The least bytes of a text of the rule, [#NEVER] where it has none.
  int minBytes(int rule) {
    return minBytes[rule];
  }

  /// The least bytes that the rule needs once it is `count` times through, for a repetition.
  int minBytes(int rule, int count) {
    return rules.get(rule) instanceof Rule.Repeat(int body, int min, _)
        ? times(Math.max(0, min - count), minBytes[body])
        : minBytes[rule];
  }

  /// The least bytes that a text of this grammar has.
  public int minBytes() {
    return minBytes[start];
  }
}
