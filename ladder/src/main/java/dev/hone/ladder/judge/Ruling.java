package dev.hone.ladder.judge;

import java.util.Optional;

/// What became of a pair.
///
/// @param score of the second answer against the first: 1 where it won, 0.5 a tie, 0 where it lost;
///   with repeats their mean
/// @param flipped the share of the repeats whose verdict changed with the order of the answers
/// @param isAsked whether it took the judge to say
/// @param failure why there is no verdict; the score is 0 then
public record Ruling(double score, double flipped, boolean isAsked, Optional<String> failure) {
  static Ruling evident(Better better) {
    return new Ruling(better.scoreOfB(), 0, false, Optional.empty());
  }

  static Ruling asked(double score, double flipped) {
    return new Ruling(score, flipped, true, Optional.empty());
  }

  static Ruling failed(String why) {
    return new Ruling(0, 0, true, Optional.of(why));
  }

  /// Which answer is better, all in all.
  Better better() {
    return score > 0.5 ? Better.B : score < 0.5 ? Better.A : Better.TIE;
  }
}
