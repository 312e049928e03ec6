package dev.hone.tune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a step takes of the heap: records and views, some per pass and layer, and nothing per
/// token.
///
/// Counted in a JVM whose compiler leaves every allocation in (C1 does) and that has no vectors:
/// there the numbers are those of the code, whatever the better compiler makes of it. Vectors that
/// it boxes are no part of this.
class StepAllocationTest {
  /// Of a step of four passes through two layers.
  private static final long MOST_BYTES = 16 << 10;

  private static final int SHORT = 10;
  private static final int LONG = 60;

  /// The smallest object has 16.
  private static final long LEAST_OBJECT_BYTES = 16;

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"lora", "full"})
  void aStepAllocatesNothingForItsTokens(String method) throws Exception {
    long few = bytes(method, SHORT, 30);
    long many = bytes(method, LONG, 10);
    long tokens = StepAllocations.ROWS * (LONG - SHORT);
    assertTrue(few < MOST_BYTES, few + " bytes a step");
    assertTrue(
        many - few < tokens * LEAST_OBJECT_BYTES / 4,
        "%d bytes a step, and %d with %d tokens more".formatted(few, many, tokens));
  }

  private long bytes(String method, int length, int warmup)
      throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    StepAllocations.class.getName(),
                    dir.toString(),
                    method,
                    Integer.toString(length),
                    Integer.toString(warmup)))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor());
    return Long.parseLong(printed.strip());
  }
}
