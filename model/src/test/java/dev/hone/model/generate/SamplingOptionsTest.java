package dev.hone.model.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SamplingOptionsTest {
  private static final SamplingOptions GOOD = SamplingOptions.greedy(10);

  private static void refuses(String rule, Function<SamplingOptions, SamplingOptions> change) {
    var e = assertThrows(UsageException.class, () -> change.apply(GOOD));
    assertTrue(e.getMessage().startsWith(rule), e.getMessage());
  }

  @Test
  void valuesOutOfRangeAreRefusedByName() {
    refuses(
        "temperature must be 0, or between 0.0001 and 10000, got -1.0", o -> o.withTemperature(-1));
    refuses("temperature must", o -> o.withTemperature(Double.NaN));
    refuses("temperature must", o -> o.withTemperature(1e-30));
    refuses("top-k must", o -> o.withTopK(-1));
    refuses("top-p must", o -> o.withTopP(1.01));
    refuses("top-p must", o -> o.withTopP(Double.NaN));
    refuses("min-p must", o -> o.withMinP(-0.1));
    refuses("the repetition penalty must", o -> o.withRepetitionPenalty(0));
    refuses("the token limit must be 1 or more, got 0", o -> SamplingOptions.greedy(0));
    refuses("a stop string is empty", o -> o.withStop(List.of("")));
    refuses("a stop string has half a character", o -> o.withStop(List.of("a\uD83D")));
  }

  @Test
  void listsAreCopied() {
    var stop = new ArrayList<>(List.of("a"));
    var options = GOOD.withStop(stop).withStopIds(Set.of(2)).withSeed(7);
    stop.add("b");
    assertEquals(
        new SamplingOptions(0, 0, 1, 0, 1, 7, 10, List.of("a"), Set.of(2), Optional.empty()),
        options);
  }
}
