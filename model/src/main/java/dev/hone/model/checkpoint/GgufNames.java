package dev.hone.model.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The names that GGUF files and Hugging Face's checkpoints give the same tensors.
final class GgufNames {
  private GgufNames() {}

  /// The checkpoint's name by that in a GGUF file, of every tensor that a model needs.
  static Map<String, String> of(ModelConfig config) {
    var names = new LinkedHashMap<String, String>();
    for (var name : wholes(config).keySet()) names.put(stored(config, name), name);
    if (config.tieWordEmbeddings()) names.put("output.weight", DecoderTensorNames.HEAD);
    return names;
  }

  /// The tensors of a model as its checkpoints have them: shape by name, fused where they are
  /// ([FusedLayer]).
  static Map<String, List<Long>> wholes(ModelConfig config) {
    var parts = DecoderTensorNames.of(config);
    if (!config.form().isFused()) return parts;
    var wholes = new LinkedHashMap<String, List<Long>>();
    parts.forEach(
        (name, shape) -> wholes.merge(FusedLayer.wholeOf(name), shape, GgufNames::stacked));
    return wholes;
  }

  private static List<Long> stacked(List<Long> above, List<Long> below) {
    return List.of(above.getFirst() + below.getFirst(), above.getLast());
  }

  /// The name in a GGUF file.
  static String stored(ModelConfig config, String name) {
    if (name.equals(DecoderTensorNames.EMBEDDING)) return "token_embd.weight";
    if (name.equals(DecoderTensorNames.HEAD)) return "output.weight";
    if (name.equals("model.norm.weight")) return "output_norm.weight";
    var parts = name.split("\\.", 4); // model, layers, number, the rest
    var rest = parts[3];
    int dot = rest.lastIndexOf('.');
    return "blk.%s.%s%s"
        .formatted(parts[2], module(config, rest.substring(0, dot)), rest.substring(dot));
  }

  private static String module(ModelConfig config, String module) {
    var norms = config.form().norms();
    if (module.equals(norms.beforeAttention())) return "attn_norm";
    if (module.equals(norms.afterAttention())) return "post_attention_norm";
    if (module.equals(norms.beforeMlp())) return "ffn_norm";
    if (module.equals(norms.afterMlp())) return "post_ffw_norm";
    return switch (module) {
      case "self_attn.qkv_proj" -> "attn_qkv";
      case "self_attn.q_proj" -> "attn_q";
      case "self_attn.k_proj" -> "attn_k";
      case "self_attn.v_proj" -> "attn_v";
      case "self_attn.o_proj" -> "attn_output";
      case "self_attn.q_norm" -> "attn_q_norm";
      case "self_attn.k_norm" -> "attn_k_norm";
      case "mlp.gate_up_proj" -> "ffn_up";
      case "mlp.gate_proj" -> "ffn_gate";
      case "mlp.up_proj" -> "ffn_up";
      case "mlp.down_proj" -> "ffn_down";
      default -> throw new IllegalArgumentException("no GGUF name for " + module);
    };
  }
}
