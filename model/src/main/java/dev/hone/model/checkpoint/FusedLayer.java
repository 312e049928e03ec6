package dev.hone.model.checkpoint;

import java.util.List;

/// Linear layers of a block that some checkpoints ([BlockForm#isFused]) keep in one matrix, and the
/// layers that the decoder makes of its rows.
public enum FusedLayer {
  QKV("self_attn.qkv_proj", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
  GATE_UP("mlp.gate_up_proj", "mlp.gate_proj", "mlp.up_proj");

  private final String path;
  private final List<String> parts;

  FusedLayer(String path, String... parts) {
    this.path = path;
    this.parts = List.of(parts);
  }

  /// Names of the parts of a stored module or tensor, in the order of its rows; empty for one that
  /// has none.
  public static List<String> partsOf(String stored) {
    for (var layer : values()) {
      if (isIn(layer.path, stored)) {
        return layer.parts.stream().map(part -> stored.replace(layer.path, part)).toList();
      }
    }
    return List.of();
  }

  /// The stored module or tensor that holds this one; itself where it is no part of another.
  public static String wholeOf(String name) {
    for (var layer : values()) {
      for (var part : layer.parts) {
        if (isIn(part, name)) return name.replace(part, layer.path);
      }
    }
    return name;
  }

  private static boolean isIn(String path, String name) {
    return (name + ".").contains("." + path + ".");
  }
}
