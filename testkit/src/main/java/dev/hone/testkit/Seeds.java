package dev.hone.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.provider.ArgumentsSource;

/// Runs a `@ParameterizedTest` with one `long` parameter once per seed: the same `value` seeds at
/// every run.
///
/// A failure shows its seed in the test's name; `-Dseed=SEED` runs every such test with that seed
/// alone.
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(SeedSource.class)
public @interface Seeds {
  /// How many seeds.
  int value();
}
