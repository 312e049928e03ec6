package dev.hone.model.grammar;

import dev.hone.model.grammar.State.Reading;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads a text byte by byte by a [Grammar], and tells whether and how it can go on. For one
/// thread.
///
/// A pushdown automaton that follows all readings at once: each is a rule that reads the next byte
/// and a stack of what comes after it. As regular expressions are matched by a DFA that is made as
/// the text needs it (Cox, "Regular Expression Matching in the Wild", 2010), the states met are
/// kept with what follows them, so that most bytes cost one look into an array; when there are too
/// many all are forgotten.
///
/// Every reading can be completed: one that can't is dropped at once. So a text whose state isn't
/// dead always has an end.
final class Automaton {
  private static final int MAX_STATES = 4096;

  /// How many readings are followed; of more, those with the nearest ends. An answer stays one of
  /// the grammar, but some others are not reached.
  private static final int MAX_READINGS = 256;

  static final State DEAD = new State(List.of(), false, Grammar.NEVER);

  private final Grammar grammar;
  private final Map<State, State> states = new HashMap<>();

  Automaton(Grammar grammar) {
    this.grammar = grammar;
  }

  /// The state of the empty text.
  State start() {
    var found = new Found();
    found.follow(grammar.start(), 0, Frame.BOTTOM);
    return found.state();
  }

  /// The state after one more byte, 0 to 255.
  State step(State state, int b) {
    var known = state.next()[b];
    if (known != null) return known;
    var found = new Found();
    for (var reading : state.readings()) {
      int target = ((Rule.Read) grammar.rule(reading.rule())).target(b);
      if (target != Rule.Read.NONE) found.follow(target, 0, reading.rest());
    }
    var next = found.state();
    state.next()[b] = next;
    return next;
  }

  /// Whether too many states are kept: then the caller forgets its own, and calls [#forget].
  boolean isFull() {
    return states.size() > MAX_STATES;
  }

  void forget() {
    states.clear();
  }

  /// A shortest text that completes the state's: the smallest byte that begins one, and then the
  /// completion of the state after it.
  byte[] completion(State state) {
    if (state.isDead()) throw new IllegalArgumentException("completion of a dead state");
    var bytes = new byte[state.minBytes()];
    var at = state;
    for (int i = 0; i < bytes.length; i++) {
      int b = nearest(at);
      bytes[i] = (byte) b;
      at = step(at, b);
    }
    return bytes;
  }

  /// The smallest byte that begins a shortest completion.
  private int nearest(State state) {
    int nearest = 256;
    for (var reading : state.readings()) {
      var read = (Rule.Read) grammar.rule(reading.rule());
      int last = Math.min(nearest, read.first() + read.targets().length) - 1;
      for (int b = read.first(); b <= last; b++) {
        int target = read.target(b);
        if (target == Rule.Read.NONE) continue;
        int left = Grammar.plus(grammar.minBytes(target), reading.rest().minBytes());
        if (left == state.minBytes() - 1) nearest = Math.min(nearest, b);
      }
    }
    return nearest;
  }

  /// The readings that are found for a new state.
  private final class Found {
    private final Set<Reading> readings = new LinkedHashSet<>();
    private boolean isComplete;

    /// Goes on to where a byte is read.
    ///
    /// @param count how many times the rule is through, for a repetition
    void follow(int rule, int count, Frame rest) {
      if (least(rule, count, rest) == Grammar.NEVER) return;
      switch (grammar.rule(rule)) {
        case Rule.Read _ -> readings.add(new Reading(rule, rest));
        case Rule.Empty() -> end(rest);
        case Rule.Sequence(int head, int tail) -> follow(head, 0, push(tail, 0, rest));
        case Rule.Choice(var options) -> {
          for (int option : options) follow(option, 0, rest);
        }
        case Rule.Repeat repeat -> {
          if (count >= repeat.min()) end(rest);
          if (count < repeat.max()) follow(repeat.body(), 0, push(rule, repeat.next(count), rest));
        }
      }
    }

    private void end(Frame rest) {
      if (rest == Frame.BOTTOM) isComplete = true;
      else follow(rest.rule(), rest.count(), rest.below());
    }

    private Frame push(int rule, int count, Frame below) {
      return new Frame(rule, count, below, least(rule, count, below));
    }

    private int least(int rule, int count, Frame rest) {
      return Grammar.plus(grammar.minBytes(rule, count), rest.minBytes());
    }

    State state() {
      var kept = readings.size() <= MAX_READINGS ? List.copyOf(readings) : nearest(readings);
      var state = stateOf(kept, isComplete);
      if (state.isDead()) return DEAD;
      var same = states.putIfAbsent(state, state);
      return same == null ? state : same;
    }

    private List<Reading> nearest(Collection<Reading> all) {
      return all.stream().sorted(Comparator.comparingInt(this::least)).limit(MAX_READINGS).toList();
    }

    private int least(Reading reading) {
      return least(reading.rule(), 0, reading.rest());
    }

    private State stateOf(List<Reading> some, boolean complete) {
      int least = complete ? 0 : Grammar.NEVER;
      for (var reading : some) least = Math.min(least, least(reading));
      return new State(some, complete, least);
    }
  }
}
