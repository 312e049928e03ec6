package dev.hone.model.grammar;

import dev.hone.model.UsageException;
import java.util.BitSet;
import java.util.Set;

/// A text that grows token by token within a grammar and a limit of tokens; begun by
/// [TokenConstraint#begin].
public final class ConstrainedText {
  private final TokenConstraint constraint;
  private final BitSet stopIds = new BitSet();
  private final BitSet allowed = new BitSet();
  private boolean isAllowedKnown;
  private State state;
  private boolean isFirst = true;
  private int left;

  ConstrainedText(TokenConstraint constraint, State start, Set<Integer> stopIds, int maxTokens) {
    this.constraint = constraint;
    this.state = start;
    this.left = maxTokens;
    stopIds.forEach(this.stopIds::set);
  }

  /// The tokens that may come next; valid until the next [#accept], and not to be changed. After
  /// each of them but a stop id the text can still be completed within the limit.
  ///
  /// @throws UsageException when nothing may come although the text isn't complete, because stop
  ///   ids are what it needs
  public BitSet allowed() {
    if (!isAllowedKnown) {
      findAllowed();
      isAllowedKnown = true;
    }
    return allowed;
  }

  private void findAllowed() {
    constraint.allowed(state, isFirst, left, allowed);
    allowed.andNot(stopIds);
    if (mayEnd() && left > 0) {
      allowed.or(stopIds);
    } else if (allowed.isEmpty() && left > 0) {
      throw new UsageException(
          "the answer can't go on: the tokens that it needs are among those that end it",
          "take other stop tokens");
    }
  }

  /// Adds a token that is allowed and no stop id.
  public void accept(int id) {
    if (stopIds.get(id) || !allowed().get(id))
      throw new IllegalArgumentException("token id %d is not allowed here".formatted(id));
    state = constraint.step(state, id, isFirst);
    isFirst = false;
    isAllowedKnown = false;
    left--;
  }

  /// Whether the text is one of the grammar as it stands.
  public boolean mayEnd() {
    return state.isComplete();
  }

  /// Whether the text is one of the grammar, and nothing can follow; for another reason than that
  /// the limit is reached.
  public boolean isOver() {
    if (!mayEnd()) return false;
    return state.readings().isEmpty() || left > 0 && !hasOrdinary(allowed());
  }

  private boolean hasOrdinary(BitSet ids) {
    for (int id = ids.nextSetBit(0); id >= 0; id = ids.nextSetBit(id + 1)) {
      if (!stopIds.get(id)) return true;
    }
    return false;
  }
}
