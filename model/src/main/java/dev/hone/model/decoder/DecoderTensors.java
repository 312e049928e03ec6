package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The decoder's weights bound to their places, or their gradients (null where frozen).
///
/// @param embedding `(V, C)`
/// @param blocks one per layer, from the bottom
/// @param norm `C` elements, before the head
/// @param head `(V, C)`; the embedding itself where the two are tied
record DecoderTensors(Tensor embedding, List<Block> blocks, Tensor norm, Tensor head) {
  /// One layer.
  record Block(
      Tensor inputNorm,
      LinearTensors q,
      LinearTensors k,
      LinearTensors v,
      LinearTensors o,
      Tensor postNorm,
      LinearTensors gate,
      LinearTensors up,
      LinearTensors down) {}

  /// Looks every part up by its checkpoint name.
  ///
  /// @param lookup the tensor of a name, or empty where there is none
  /// @param scales the adapter's scale for a module name
  static DecoderTensors bind(
      ModelConfig config,
      Function<String, Optional<Tensor>> lookup,
      Function<String, Float> scales) {
    var binder = new Binder(lookup, scales);
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < config.numLayers(); l++) {
      blocks.add(binder.block("model.layers." + l + "."));
    }
    var embedding = binder.tensor("model.embed_tokens.weight");
    var head = config.tieWordEmbeddings() ? embedding : binder.tensor("lm_head.weight");
    return new DecoderTensors(
        embedding, List.copyOf(blocks), binder.tensor("model.norm.weight"), head);
  }

  private record Binder(Function<String, Optional<Tensor>> lookup, Function<String, Float> scales) {
    Tensor tensor(String name) {
      return lookup.apply(name).orElse(null);
    }

    LinearTensors linear(String module) {
      var a = tensor(module + ".lora_A.weight");
      return new LinearTensors(
          tensor(module + ".weight"),
          tensor(module + ".bias"),
          a,
          tensor(module + ".lora_B.weight"),
          a == null ? 0f : scales.apply(module));
    }

    Block block(String at) {
      return new Block(
          tensor(at + "input_layernorm.weight"),
          linear(at + "self_attn.q_proj"),
          linear(at + "self_attn.k_proj"),
          linear(at + "self_attn.v_proj"),
          linear(at + "self_attn.o_proj"),
          tensor(at + "post_attention_layernorm.weight"),
          linear(at + "mlp.gate_proj"),
          linear(at + "mlp.up_proj"),
          linear(at + "mlp.down_proj"));
    }
  }
}
