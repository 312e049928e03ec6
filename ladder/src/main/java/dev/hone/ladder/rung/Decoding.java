package dev.hone.ladder.rung;

/// How the next token of an answer is chosen.
///
/// @param temperature 0 takes the likeliest
/// @param seed of what is drawn
public record Decoding(double temperature, long seed) {
  /// Always the same answer.
  public static final Decoding GREEDY = new Decoding(0, 0);

  private static final double USUAL = 0.8;

  /// One draw of several.
  public static Decoding draw(long seed) {
    return new Decoding(USUAL, seed);
  }
}
