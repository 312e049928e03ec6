package dev.hone.testkit;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/// The seeds of [Seeds]: spread over all longs, so that neighbours share nothing, yet fixed.
final class SeedSource implements ArgumentsProvider, AnnotationConsumer<Seeds> {
  private static final long ROOT = 2024;
  private int count;

  @Override
  public void accept(Seeds seeds) {
    if (seeds.value() < 1) {
      throw new IllegalArgumentException("@Seeds needs at least 1 seed, got " + seeds.value());
    }
    count = seeds.value();
  }

  @Override
  public Stream<? extends Arguments> provideArguments(
      ParameterDeclarations parameters, ExtensionContext context) {
    return seeds(count, Long.getLong("seed")).mapToObj(Arguments::of);
  }

  /// The first `count` seeds, or `replayed` alone where it is given.
  ///
  /// @param replayed null where no seed is replayed, as system properties have it
  static LongStream seeds(int count, Long replayed) {
    return replayed == null ? new SplittableRandom(ROOT).longs(count) : LongStream.of(replayed);
  }
}
