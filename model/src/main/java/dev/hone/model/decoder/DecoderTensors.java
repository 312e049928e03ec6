package dev.hone.model.decoder;

import dev.hone.model.checkpoint.BlockForm.Norms;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Matrix;
import dev.hone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The decoder's weights bound to their places, or their gradients (null where frozen).
///
/// @param <M> a [Tensor] among gradients, any matrix among weights
/// @param embedding `(V, C)`
/// @param inputRows rows of it that an adapter has its own version of, `(n, C)`
/// @param blocks one per layer, from the bottom
/// @param norm `C` elements, before the head
/// @param head `(V, C)`; the embedding itself where the two are tied
/// @param outputRows rows of it likewise; `inputRows` where the two are tied
record DecoderTensors<M extends Matrix>(
    M embedding, Tensor inputRows, List<Block<M>> blocks, Tensor norm, M head, Tensor outputRows) {
  /// One layer; norms that the model lacks are null.
  ///
  /// @param inputNorm before attention
  /// @param qNorm of queries, `kNorm` of keys
  /// @param branchNorm of what attention gives
  /// @param postNorm before the MLP
  /// @param mlpNorm of what the MLP gives
  record Block<M extends Matrix>(
      Tensor inputNorm,
      LinearTensors<M> q,
      LinearTensors<M> k,
      LinearTensors<M> v,
      Tensor qNorm,
      Tensor kNorm,
      LinearTensors<M> o,
      Tensor branchNorm,
      Tensor postNorm,
      LinearTensors<M> gate,
      LinearTensors<M> up,
      LinearTensors<M> down,
      Tensor mlpNorm) {
    /// In the order of [LinearLayer].
    List<LinearTensors<M>> linears() {
      return List.of(q, k, v, o, gate, up, down);
    }
  }

  /// Every linear layer but the head.
  List<LinearTensors<M>> linears() {
    return blocks.stream().flatMap(block -> block.linears().stream()).toList();
  }

  /// Looks every part up by its checkpoint name.
  ///
  /// @param matrices the weight matrix of a name, or empty where there is none
  /// @param others any other tensor: norms, biases, an adapter's
  /// @param scales the adapter's scale for a module name
  static <M extends Matrix> DecoderTensors<M> bind(
      ModelConfig config,
      Function<String, Optional<M>> matrices,
      Function<String, Optional<Tensor>> others,
      Function<String, Float> scales) {
    var binder = new Binder<>(matrices, others, scales);
    var blocks = new ArrayList<Block<M>>();
    for (int l = 0; l < config.numLayers(); l++) {
      blocks.add(binder.block("model.layers." + l + ".", config.form().norms()));
    }
    boolean isTied = config.tieWordEmbeddings();
    var embedding = binder.matrix(AdapterShape.EMBEDDING + ".weight");
    var inputRows = binder.tensor(AdapterShape.tokenRows(AdapterShape.EMBEDDING));
    return new DecoderTensors<>(
        embedding,
        inputRows,
        List.copyOf(blocks),
        binder.tensor("model.norm.weight"),
        isTied ? embedding : binder.matrix(AdapterShape.HEAD + ".weight"),
        isTied ? inputRows : binder.tensor(AdapterShape.tokenRows(AdapterShape.HEAD)));
  }

  private record Binder<M extends Matrix>(
      Function<String, Optional<M>> matrices,
      Function<String, Optional<Tensor>> others,
      Function<String, Float> scales) {
    M matrix(String name) {
      return matrices.apply(name).orElse(null);
    }

    Tensor tensor(String name) {
      return others.apply(name).orElse(null);
    }

    LinearTensors<M> linear(String module) {
      var a = tensor(module + ".lora_A.weight");
      return new LinearTensors<>(
          matrix(module + ".weight"),
          tensor(module + ".bias"),
          a,
          tensor(module + ".lora_B.weight"),
          a == null ? 0f : scales.apply(module),
          tensor(module + AdapterShape.MAGNITUDE),
          tensor(RowNorms.norm(module)),
          tensor(RowNorms.gain(module)));
    }

    Tensor norm(String at, String name) {
      return name == null ? null : tensor(at + name + ".weight");
    }

    Block<M> block(String at, Norms norms) {
      return new Block<>(
          norm(at, norms.beforeAttention()),
          linear(at + "self_attn.q_proj"),
          linear(at + "self_attn.k_proj"),
          linear(at + "self_attn.v_proj"),
          tensor(at + "self_attn.q_norm.weight"),
          tensor(at + "self_attn.k_norm.weight"),
          linear(at + "self_attn.o_proj"),
          norm(at, norms.afterAttention()),
          norm(at, norms.beforeMlp()),
          linear(at + "mlp.gate_proj"),
          linear(at + "mlp.up_proj"),
          linear(at + "mlp.down_proj"),
          norm(at, norms.afterMlp()));
    }
  }
}
