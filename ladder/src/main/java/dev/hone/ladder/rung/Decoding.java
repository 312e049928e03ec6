package dev.hone.ladder.rung;

import java.util.Optional;

/// How the next token of an answer is chosen.
///
/// @param temperature 0 takes the likeliest
/// @param seed of what is drawn
/// @param form that the answer must have; empty for any
public record Decoding(double temperature, long seed, Optional<Form> form) {
  /// Always the same answer.
  public static final Decoding GREEDY = new Decoding(0, 0, Optional.empty());

  private static final double USUAL = 0.8;

  /// One draw of several.
  public Decoding drawn(long with) {
    return new Decoding(USUAL, with, form);
  }

  public Decoding in(Form wanted) {
    return new Decoding(temperature, seed, Optional.of(wanted));
  }
}
