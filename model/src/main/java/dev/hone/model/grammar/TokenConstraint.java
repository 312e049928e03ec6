package dev.hone.model.grammar;

import dev.hone.model.UsageException;
import dev.hone.model.text.TokenTrie;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Which tokens of a vocabulary keep a text within a grammar. What it finds out is kept for the
/// texts that follow, up to a bound. For one thread.
///
/// A token is allowed where the automaton reads all its bytes; all tokens are tried at once, by
/// walking the vocabulary's trie, and whole branches fall away with their first bytes.
///
/// Only bytes that have a token of their own are used, so whatever has been written can be
/// completed. How many tokens that takes at most is known too: the shortest completion, cut into
/// the longest tokens. After its first token the rest is cut the same way. So if there were enough
/// tokens left at the beginning, there is always one that leaves enough.
public final class TokenConstraint {
  private static final int MAX_MASKS = 500;

  /// Completions longer than this are counted in bytes.
  private static final int MAX_CUT = 20_000;

  private final Grammar grammar;
  private final TokenTrie vocabulary;
  private final Automaton automaton;
  private final State[] path;
  private final Map<State, Integer> leastTokens = new HashMap<>();
  private final Map<State, Mask> masks = new LinkedHashMap<>();
  private Mask firstMask = Mask.UNKNOWN;
  private State start;

  /// The ordinary tokens that may come, and the least bytes that the text may need after the worst
  /// of them.
  private record Mask(BitSet ids, int worstBytes) {
    static final Mask UNKNOWN = new Mask(new BitSet(), 0);
  }

  /// @param spelled the part of the grammar that the vocabulary can spell
  private TokenConstraint(Grammar grammar, Grammar spelled, TokenTrie vocabulary) {
    this.grammar = grammar;
    this.vocabulary = vocabulary;
    this.automaton = new Automaton(spelled);
    this.path = new State[vocabulary.maxDepth() + 1];
    this.start = automaton.start();
  }

  /// @throws UsageException when the vocabulary can't spell any text of the grammar
  public static TokenConstraint of(Grammar grammar, TokenTrie vocabulary) {
    var spelled = grammar.within(vocabulary.singleBytes());
    if (spelled.minBytes() == Grammar.NEVER) {
      throw new UsageException(
          "the model's vocabulary has no tokens for the bytes that the answer needs",
          "take a model with a byte-level vocabulary, or one with byte tokens");
    }
    return new TokenConstraint(grammar, spelled, vocabulary);
  }

  /// The grammar that it was made of.
  public Grammar grammar() {
    return grammar;
  }

  /// Begins a text.
  ///
  /// @param stopIds the tokens that end it, allowed where it may end and nowhere else
  /// @param maxTokens the most tokens that it may have
  /// @throws UsageException when that is too few for any text of the grammar
  public ConstrainedText begin(Set<Integer> stopIds, int maxTokens) {
    int least = leastTokens(start);
    if (maxTokens < least) {
      throw new UsageException(
          "the answer that is asked for takes %d tokens or more, and there is room for %d"
              .formatted(least, maxTokens),
          "raise the token limit, shorten the prompt, or ask for less");
    }
    return new ConstrainedText(this, start, stopIds, maxTokens);
  }

  /// The state after one more token.
  ///
  /// @param isFirst whether it is the text's first
  State step(State state, int id, boolean isFirst) {
    if (automaton.isFull()) forget();
    var at = state;
    for (int i = 0; i < vocabulary.length(id); i++) {
      at = step(at, vocabulary.byteAt(id, i), i, isFirst);
    }
    return at;
  }

  /// Decoding may drop one space in front of the text, and what it does to others in the first
  /// token depends on the tokenizer: there are none.
  private State step(State state, int b, int i, boolean isFirst) {
    if (b != ' ' || !isFirst || !vocabulary.dropsFirstSpace()) return automaton.step(state, b);
    return i == 0 ? state : Automaton.DEAD;
  }

  private void forget() {
    automaton.forget();
    leastTokens.clear();
    masks.clear();
    start = automaton.start();
  }

  /// Sets the ordinary tokens that may come next.
  ///
  /// @param left how many tokens may come, this one included
  /// @param to takes the ids; what it had is lost
  void allowed(State state, boolean isFirst, int left, BitSet to) {
    to.clear();
    var mask = isFirst && vocabulary.dropsFirstSpace() ? firstMask() : mask(state);
    if (mask.worstBytes < left) to.or(mask.ids);
    else walk(state, isFirst, left, to);
  }

  private Mask firstMask() {
    if (firstMask == Mask.UNKNOWN) firstMask = makeMask(start, true);
    return firstMask;
  }

  private Mask mask(State state) {
    var known = masks.get(state);
    if (known != null) return known;
    if (masks.size() == MAX_MASKS) masks.remove(masks.keySet().iterator().next());
    var mask = makeMask(state, false);
    masks.put(state, mask);
    return mask;
  }

  private Mask makeMask(State state, boolean isFirst) {
    var ids = new BitSet();
    int worst = walk(state, isFirst, Grammar.NEVER, ids);
    return new Mask(ids, worst);
  }

  /// Adds the tokens that may follow.
  ///
  /// @param left tokens, this one included, in which the text must be complete
  /// @return the most bytes that a text may need after one of them
  private int walk(State from, boolean isFirst, int left, BitSet to) {
    int worst = 0;
    path[0] = from;
    int node = 1;
    while (node < vocabulary.size()) {
      int depth = vocabulary.depth(node);
      var state = step(path[depth - 1], vocabulary.label(node), depth - 1, isFirst);
      if (state.isDead()) {
        node = vocabulary.end(node);
        continue;
      }
      path[depth] = state;
      if (vocabulary.hasTokens(node) && isWithin(state, left - 1)) {
        vocabulary.addTokens(node, to);
        worst = Math.max(worst, state.minBytes());
      }
      node++;
    }
    return worst;
  }

  /// Whether the text can be completed in so many tokens.
  private boolean isWithin(State state, int tokens) {
    if (state.minBytes() <= tokens) return true;
    if (state.minBytes() > (long) tokens * vocabulary.maxDepth()) return false;
    return leastTokens(state) <= tokens;
  }

  private int leastTokens(State state) {
    if (state.minBytes() > MAX_CUT) return state.minBytes();
    var known = leastTokens.get(state);
    if (known != null) return known;
    int least = cut(automaton.completion(state));
    leastTokens.put(state, least);
    return least;
  }

  /// How many tokens a text takes if each is the longest that fits.
  private int cut(byte[] text) {
    int tokens = 0;
    for (int at = 0; at < text.length; tokens++) at += vocabulary.longestMatch(text, at);
    return tokens;
  }
}
