package dev.hone.tune.train;

import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.DecoderGradients;
import dev.hone.model.decoder.LinearLayer;
import dev.hone.model.decoder.PackedBatch;
import dev.hone.model.decoder.Parameter;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.model.decoder.Workspace;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.Workers;
import dev.hone.testkit.Golden;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Ten steps of AdamW with warm-up, decay and clipping, against PyTorch: golden files by
/// tools/parity/steps.py.
class TenStepsParityTest {
  private static final float LORA_SCALE = 2f;
  private static final int LORA_RANK = 4;

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"full", "lora", "lora_plus", "dora", "saved", "tokens"})
  void lossesAndParametersMatchPyTorch(String method) throws IOException {
    var golden = Golden.load("steps/" + method);
    try (var arena = Arena.ofShared();
        var workers = new Workers(2)) {
      var memory = new ArenaAllocator(arena);
      var config = config(golden);
      var shape = method.equals("full") ? AdapterShape.NONE : allLinear(config, method);
      var weights =
          load(
              golden,
              ParameterSet.allocate(memory, "weights", BaseWeights.parameters(config)),
              true);
      var adapter =
          load(golden, ParameterSet.allocate(memory, "adapter", shape.parameters(config)), false);
      var trained = shape.isEmpty() ? weights : adapter;
      var decoder =
          Decoder.of(config, BaseWeights.of(weights), memory, 64)
              .withAdapter(shape, adapter, memory);
      var workspace =
          Workspace.allocate(
              memory, config, BaseDtype.FLOAT32, shape, Workspace.Mode.TRAINING, 64, 64, 0f);
      var gradients =
          DecoderGradients.of(
              config, ParameterSet.allocate(memory, "gradients", trained.parameters()));
      var optimizer =
          new Optimizer(
              trained,
              Optimizer.allocateMoments(memory, trained.parameters()),
              Optimizer.allocateMoments(memory, trained.parameters()),
              Double.parseDouble(golden.metadata().getOrDefault("loraPlusRatio", "1")));
      var settings = settings(golden);
      for (int step = 0; step < 10; step++) {
        var batch = batch(golden, step);
        gradients.flat().clear();
        var score = decoder.scoreAndBackward(batch, workspace, gradients);
        double rate = settings.learningRate(step, 10);
        double norm =
            optimizer.step(
                gradients.flat(),
                new Evaluation(score.lossSum(), batch.numTargets(), 0, 0),
                step,
                rate,
                settings,
                workers);
        decoder.adapterChanged();
        double loss = score.lossSum() / batch.numTargets();
        assertEquals(golden.f32("losses")[step], loss, 1e-5 * loss, "loss of step " + step);
        assertEquals(
            golden.f32("grad_norms")[step], norm, 1e-4 * norm, "gradient norm of step " + step);
        assertEquals(golden.f64("lrs")[step], rate, 1e-12, "learning rate of step " + step);
      }
      for (var p : trained.parameters()) {
        var expected = golden.f32("f." + stored(p.name(), shape.isEmpty()));
        assertMaxRelativeError(expected, trained.get(p.name()).toArray(), 1e-4);
      }
    }
  }

  private ModelConfig config(Golden golden) throws IOException {
    var file = dir.resolve("config.json");
    Files.writeString(file, golden.metadata().get("config"));
    return ModelConfig.read(file);
  }

  private static AdapterShape allLinear(ModelConfig config, String method) {
    var modules = new HashMap<String, AdapterShape.Module>();
    LinearLayer.modules(config)
        .forEach(m ->
            modules.put(m, new AdapterShape.Module(LORA_RANK, LORA_SCALE, method.equals("dora"))));
    var saved =
        BaseWeights.parameters(config).stream()
            .map(Parameter::name)
            .filter(name -> name.endsWith("norm.weight") || name.contains("embed_tokens"))
            .collect(Collectors.toSet());
    return new AdapterShape(
        modules,
        method.equals("saved") ? saved : Set.of(),
        method.equals("tokens") ? Map.of(AdapterShape.EMBEDDING, List.of(40, 7, 9, 60)) : Map.of());
  }

  private static String stored(String name, boolean isFull) {
    return isFull ? name : "base_model.model." + name;
  }

  private static ParameterSet load(Golden golden, ParameterSet set, boolean isFull) {
    set.parameters()
        .forEach(p -> set.get(p.name()).copyFrom(golden.f32("w." + stored(p.name(), isFull))));
    return set;
  }

  private static TrainingSettings settings(Golden golden) {
    var meta = golden.metadata();
    double warmup =
        Double.parseDouble(meta.get("warmupSteps")) / Double.parseDouble(meta.get("totalSteps"));
    return new TrainingSettings(
        1,
        3,
        64,
        true,
        Double.parseDouble(meta.get("lr")),
        Schedule.LINEAR,
        warmup,
        Double.parseDouble(meta.get("weightDecay")),
        0.9,
        0.999,
        1e-8,
        Double.parseDouble(meta.get("clip")),
        0f,
        0,
        0,
        0,
        1);
  }

  /// Step `step` of `(10, B, T)` arrays.
  private static PackedBatch batch(Golden golden, int step) {
    var shape = golden.shape("ids");
    int rows = (int) shape[1];
    int width = (int) shape[2];
    var ids = golden.i32("ids");
    var mask = golden.i32("mask");
    var lengths = golden.i32("lengths");
    var batch = new PackedBatch(rows * width, rows);
    for (int r = 0; r < rows; r++) {
      int at = (step * rows + r) * width;
      batch.addRow(
          Arrays.copyOfRange(ids, at, at + width),
          lengths[step * rows + r],
          t -> mask[at + t] == 1);
    }
    return batch;
  }
}
