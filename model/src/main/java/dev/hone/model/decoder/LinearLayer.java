package dev.hone.model.decoder;

import dev.hone.model.checkpoint.FusedLayer;
import dev.hone.model.checkpoint.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The linear layers of a block, in the order in which they run.
public enum LinearLayer {
  Q("self_attn.q_proj"),
  K("self_attn.k_proj"),
  V("self_attn.v_proj"),
  O("self_attn.o_proj"),
  GATE("mlp.gate_proj"),
  UP("mlp.up_proj"),
  DOWN("mlp.down_proj");

  private final String path;

  LinearLayer(String path) {
    this.path = path;
  }

  /// The module's name in a checkpoint, such as `model.layers.0.self_attn.q_proj`.
  public String module(int layer) {
    return "model.layers." + layer + "." + path;
  }

  /// Every linear layer of a model but the head, bottom to top.
  public static List<String> modules(ModelConfig config) {
    var modules = new ArrayList<String>();
    for (int l = 0; l < config.numLayers(); l++) {
      for (var linear : values()) {
        modules.add(linear.module(l));
      }
    }
    return modules;
  }

  /// As [#modules], by the names that the model's files have: fused where they are ([FusedLayer]).
  public static List<String> storedModules(ModelConfig config) {
    var modules = modules(config);
    return config.form().isFused()
        ? modules.stream().map(FusedLayer::wholeOf).distinct().toList()
        : modules;
  }

  public int in(ModelConfig config) {
    return switch (this) {
      case Q, K, V, GATE, UP -> config.hiddenSize();
      case O -> config.queryDim();
      case DOWN -> config.intermediateSize();
    };
  }

  public int out(ModelConfig config) {
    return switch (this) {
      case Q -> config.queryDim();
      case K, V -> config.kvDim();
      case O, DOWN -> config.hiddenSize();
      case GATE, UP -> config.intermediateSize();
    };
  }

  static int widestIn(ModelConfig config) {
    return Arrays.stream(values()).mapToInt(linear -> linear.in(config)).max().orElseThrow();
  }

  static int widestOut(ModelConfig config) {
    return Arrays.stream(values()).mapToInt(linear -> linear.out(config)).max().orElseThrow();
  }

  /// The layer that a module name ends in.
  ///
  /// @throws IllegalArgumentException when it names no linear layer
  public static LinearLayer of(String module) {
    for (var linear : values()) {
      if (module.endsWith("." + linear.path)) {
        return linear;
      }
    }
    throw new IllegalArgumentException("no linear layer " + module);
  }
}
