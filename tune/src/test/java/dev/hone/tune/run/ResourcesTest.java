package dev.hone.tune.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.Workspace.Mode;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tune.train.Engine;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResourcesTest {
  private static final Path CONFIG =
      Path.of("../model/src/test/resources/golden/peft/base/config.json");
  private static final long HELD = 50 << 20;

  private Resources.Demand demand;
  private long kept;
  private long recomputed;

  @BeforeEach
  void measure() throws IOException {
    var config = ModelConfig.read(CONFIG);
    var weights = new MemoryPlan();
    BaseWeights.allocate(config, BaseDtype.FLOAT32, weights);
    demand =
        new Resources.Demand(
            config,
            BaseDtype.FLOAT32,
            weights,
            AdapterShape.NONE,
            BaseWeights.parameters(config),
            0f,
            new Engine.Size(50_000, 200_000, 4, 2),
            0,
            false,
            2);
    kept = of(Recompute.OFF, Long.MAX_VALUE).peakBytes() - HELD;
    recomputed = of(Recompute.ON, Long.MAX_VALUE).peakBytes() - HELD;
  }

  private Resources of(Recompute recompute, long available) {
    return Resources.of(demand, recompute, HELD, available);
  }

  @Test
  void activationsAreKeptWhereTheyFit() {
    assertTrue(recomputed < 0.8 * kept, recomputed + " of " + kept);
    var plan = of(Recompute.AUTO, 2 * kept);
    assertEquals(Mode.TRAINING, plan.mode());
    assertTrue(plan.bytesWithoutRecomputation().isEmpty());
    plan.requireFit();
  }

  @Test
  void activationsAreMadeAgainWhereTheyDoNot() {
    var plan = of(Recompute.AUTO, (kept + recomputed) / 2);
    assertEquals(Mode.RECOMPUTE, plan.mode());
    assertEquals(HELD + kept, plan.bytesWithoutRecomputation().orElseThrow());
    plan.requireFit();
  }

  @Test
  void whatTheUserSaysCounts() {
    assertEquals(Mode.RECOMPUTE, of(Recompute.ON, 2 * kept).mode());
    var plan = of(Recompute.OFF, (kept + recomputed) / 2);
    var refused = assertThrows(UsageException.class, plan::requireFit);
    assertTrue(refused.hint().contains("--recompute on"), refused.hint());
  }

  @Test
  void whatDoesNotFitEitherWayIsRefused() {
    var plan = of(Recompute.AUTO, recomputed / 2);
    var refused = assertThrows(UsageException.class, plan::requireFit);
    assertTrue(refused.getMessage().contains("with --recompute on"), refused.getMessage());
  }
}
