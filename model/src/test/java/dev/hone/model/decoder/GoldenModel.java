package dev.hone.model.decoder;

import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.testkit.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// A tiny model out of a golden file: its weights, its adapter if any, its rows.
public final class GoldenModel {
  private static final String PEFT_PREFIX = "base_model.model.";

  public final Golden golden;
  public final ModelConfig config;
  public final ArenaAllocator memory;
  final ParameterSet weights;
  public final AdapterShape adapter;
  final ParameterSet adapterParameters;

  public GoldenModel(String name, Arena arena) {
    golden = Golden.load(name);
    config = config(golden.metadata().get("config"));
    memory = new ArenaAllocator(arena);
    weights = fill(ParameterSet.allocate(memory, "weights", BaseWeights.parameters(config)));
    adapter = shape();
    adapterParameters = fill(ParameterSet.allocate(memory, "adapter", adapter.parameters(config)));
  }

  static ModelConfig config(String json) {
    try {
      var file = Files.createTempFile("config", ".json");
      Files.writeString(file, json);
      var config = ModelConfig.read(file);
      Files.delete(file);
      return config;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Decoder decoder() {
    return Decoder.of(config, BaseWeights.of(weights), memory, 128)
        .withAdapter(adapter, adapterParameters, memory);
  }

  Workspace workspace(Workspace.Mode mode) {
    return Workspace.allocate(memory, config, BaseDtype.FLOAT32, adapter, mode, 256, 128, 0f);
  }

  /// The parameter's name in the golden file, without its `w.` or `g.`.
  String storedName(Parameter parameter) {
    return parameter.name().contains(".lora_") ? PEFT_PREFIX + parameter.name() : parameter.name();
  }

  /// The golden rows, packed.
  PackedBatch batch() {
    var ids = golden.i32Rows("ids");
    var batch = new PackedBatch(256, 8);
    var mask = golden.names().contains("mask") ? golden.i32Rows("mask") : null;
    var lengths = golden.names().contains("lengths") ? golden.i32("lengths") : null;
    for (int r = 0; r < ids.length; r++) {
      int row = r;
      int length = lengths == null ? ids[r].length : lengths[r];
      batch.addRow(ids[r], length, t -> mask == null || mask[row][t] == 1);
    }
    return batch;
  }

  /// Holds score and gradients of the golden rows to the golden ones.
  ///
  /// @param isFull whether everything is trained, or the adapter alone
  static void assertGradients(String name, boolean isFull, Workspace.Mode mode) {
    try (var arena = Arena.ofShared()) {
      var model = new GoldenModel(name, arena);
      var set = ParameterSet.allocate(model.memory, "gradients", model.trained(isFull));
      var gradients = DecoderGradients.of(model.config, set);
      var batch = model.batch();
      var score = model.decoder().scoreAndBackward(batch, model.workspace(mode), gradients);
      assertEquals(
          model.golden.f32("loss_sum")[0], score.lossSum(), 1e-5 * Math.abs(score.lossSum()));
      assertEquals(model.golden.i32("count")[0], batch.numTargets());
      for (var p : set.parameters()) {
        assertMaxRelativeError(
            model.golden.f32("g." + model.storedName(p)), set.get(p.name()).toArray(), 1e-4);
      }
    }
  }

  private ParameterSet fill(ParameterSet set) {
    for (var p : set.parameters()) {
      set.get(p.name()).copyFrom(golden.f32("w." + storedName(p)));
    }
    return set;
  }

  private AdapterShape shape() {
    var scaling = golden.metadata().get("scaling");
    if (scaling == null) {
      return AdapterShape.NONE;
    }
    var scales = new JsonMapper().readValue(scaling, new TypeReference<Map<String, Float>>() {});
    var modules = new HashMap<String, AdapterShape.Module>();
    scales.forEach((module, scale) -> {
      int rank = (int) golden.shape("w." + PEFT_PREFIX + module + ".lora_A.weight")[0];
      boolean isDora =
          golden.names().contains("w." + PEFT_PREFIX + module + AdapterShape.MAGNITUDE);
      modules.put(module, new AdapterShape.Module(rank, scale, isDora));
    });
    return new AdapterShape(modules);
  }

  List<Parameter> trained(boolean full) {
    return full ? BaseWeights.parameters(config) : adapter.parameters(config);
  }
}
