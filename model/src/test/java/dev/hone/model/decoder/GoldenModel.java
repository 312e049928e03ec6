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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    var name = parameter.name();
    return name.contains(".lora_") || name.contains(".token_adapter.") ? PEFT_PREFIX + name : name;
  }

  /// What Phi-3 keeps in one matrix, from the top.
  private static final Map<String, List<LinearLayer>> FUSED =
      Map.of(
          "self_attn.qkv_proj", List.of(LinearLayer.Q, LinearLayer.K, LinearLayer.V),
          "mlp.gate_up_proj", List.of(LinearLayer.GATE, LinearLayer.UP));

  private static String path(LinearLayer linear) {
    return linear.module(0).substring("model.layers.0.".length());
  }

  /// Where a fused matrix stands for the parameter, its name; else the parameter's.
  private String fusedName(Parameter parameter) {
    var name = storedName(parameter);
    if (golden.names().contains("w." + name)) return name;
    for (var fused : FUSED.entrySet()) {
      for (var part : fused.getValue()) name = name.replace(path(part), fused.getKey());
    }
    return name;
  }

  /// Whether several of the model's parameters have one golden tensor's values: the down-projection
  /// of an adapter on a fused matrix.
  private boolean isCopy(Parameter parameter) {
    return parameter.name().contains(".lora_A.")
        && !fusedName(parameter).equals(storedName(parameter));
  }

  /// The golden values of a parameter: of some rows where it is a part of a fused matrix.
  private float[] stored(String prefix, Parameter parameter) {
    var values = golden.f32(prefix + fusedName(parameter));
    if (values.length == parameter.size()) return values;
    for (var parts : FUSED.values()) {
      int row = 0;
      for (var part : parts) {
        if (parameter.name().contains(path(part))) {
          int from = row * parameter.cols();
          return Arrays.copyOfRange(values, from, from + Math.toIntExact(parameter.size()));
        }
        row += part.out(config);
      }
    }
    throw new IllegalArgumentException("no golden values of " + parameter);
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
      var ofFused = new HashMap<String, float[]>();
      for (var p : set.parameters()) {
        var gradient = set.get(p.name()).toArray();
        if (model.isCopy(p)) {
          var sum = ofFused.computeIfAbsent(model.fusedName(p), any -> new float[gradient.length]);
          for (int i = 0; i < sum.length; i++) sum[i] += gradient[i];
        } else {
          assertMaxRelativeError(model.stored("g.", p), gradient, 1e-4);
        }
      }
      ofFused.forEach(
          (fused, sum) -> assertMaxRelativeError(model.golden.f32("g." + fused), sum, 1e-4));
    }
  }

  private ParameterSet fill(ParameterSet set) {
    for (var p : set.parameters()) {
      set.get(p.name()).copyFrom(stored("w.", p));
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
      var of = new AdapterShape.Module(rank, scale, isDora);
      var fused = FUSED.keySet().stream().filter(module::endsWith).findFirst();
      if (fused.isEmpty()) modules.put(module, of);
      for (var part : fused.map(FUSED::get).orElse(List.of())) {
        modules.put(module.replace(fused.get(), path(part)), of);
      }
    });
    return new AdapterShape(modules, Set.of(), tokens());
  }

  private Map<String, List<Integer>> tokens() {
    var json = JsonMapper.shared();
    var ids = json.readTree(golden.metadata().get("lora")).path("trainable_token_indices");
    var type = new TypeReference<List<Integer>>() {};
    var tokens = new HashMap<String, List<Integer>>();
    for (var module : List.of(AdapterShape.EMBEDDING, AdapterShape.HEAD)) {
      var of = ids.path(module.substring(module.indexOf('.') + 1));
      if (of.isArray()) tokens.put(module, json.convertValue(of, type));
    }
    if (ids.isArray()) tokens.put(AdapterShape.EMBEDDING, json.convertValue(ids, type));
    return tokens;
  }

  List<Parameter> trained(boolean full) {
    return full ? BaseWeights.parameters(config) : adapter.parameters(config);
  }
}
