package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.BlockForm.Draft;
import dev.hone.model.checkpoint.BlockForm.Layer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;

/// A family of models: how its `config.json` is read where that is not as Llama's, and what its
/// blocks do otherwise. Absent fields get the values of Transformers' configuration class, or must
/// be there.
abstract class Family {
  /// Every family that is computed.
  static final List<Family> ALL =
      List.of(
          new Llama(),
          new Mistral(),
          new Qwen2(),
          new Qwen3(),
          new SmolLm3(),
          new Granite(),
          new Olmo2(),
          new Gemma2(),
          new Gemma3(),
          new Phi3());

  private final String modelType;
  private final String architecture;
  private final Fields fields;

  /// @param modelType `model_type`
  /// @param architecture the only entry of `architectures`
  Family(String modelType, String architecture, Fields fields) {
    this.modelType = modelType;
    this.architecture = architecture;
    this.fields = fields;
  }

  /// What fields may say, and what it means when they are absent.
  ///
  /// @param honoured fields that other families are refused for
  /// @param required fields that have no default that can be told from the others
  /// @param activation the only `hidden_act`
  record Fields(
      Set<String> honoured,
      List<String> required,
      String activation,
      double rmsNormEps,
      double ropeTheta,
      OptionalInt bosTokenId,
      List<Integer> eosTokenIds,
      boolean tiesWordEmbeddings) {
    static final Fields LLAMA =
        new Fields(Set.of(), List.of(), "silu", 1e-6, 10_000, OptionalInt.of(1), List.of(2), false);

    Fields honouring(String... names) {
      return new Fields(
          Set.of(names),
          required,
          activation,
          rmsNormEps,
          ropeTheta,
          bosTokenId,
          eosTokenIds,
          tiesWordEmbeddings);
    }

    Fields requiring(String... names) {
      return new Fields(
          honoured,
          List.of(names),
          activation,
          rmsNormEps,
          ropeTheta,
          bosTokenId,
          eosTokenIds,
          tiesWordEmbeddings);
    }

    Fields withNumbers(double eps, double theta) {
      return new Fields(
          honoured, required, activation, eps, theta, bosTokenId, eosTokenIds, tiesWordEmbeddings);
    }

    Fields withTokens(OptionalInt bos, Integer... eos) {
      return new Fields(
          honoured,
          required,
          activation,
          rmsNormEps,
          ropeTheta,
          bos,
          List.of(eos),
          tiesWordEmbeddings);
    }

    /// With a head that is the embedding unless the file says otherwise.
    Fields tied(String hiddenAct) {
      return new Fields(
          honoured, required, hiddenAct, rmsNormEps, ropeTheta, bosTokenId, eosTokenIds, true);
    }
  }

  String modelType() {
    return modelType;
  }

  String architecture() {
    return architecture;
  }

  Fields fields() {
    return fields;
  }

  /// Says what the blocks do otherwise than Llama's without biases.
  abstract void draft(JsonObject json, Draft draft) throws CheckpointException;

  /// The family of an architecture, or where that is not given of a model type.
  static Optional<Family> of(List<String> architectures, String modelType) {
    return ALL.stream()
        .filter(one -> architectures.isEmpty() || architectures.contains(one.architecture))
        .filter(one -> modelType.isEmpty() || modelType.equals(one.modelType))
        .findFirst();
  }

  /// Gives layers their window: as `layer_types` says, or what the family says where that is
  /// absent.
  ///
  /// @param window of the layers that have one
  /// @param isSliding whether a layer has one where the file doesn't say
  static void slide(JsonObject json, Draft draft, int window, IntPredicate isSliding)
      throws CheckpointException {
    var types = json.strings("layer_types");
    requirePerLayer(json, "layer_types", types.size(), draft);
    draft.changeLayers((l, layer) -> {
      boolean isOne =
          types.isEmpty() ? isSliding.test(l) : types.get(l).equals("sliding_attention");
      return new Layer(isOne ? window : 0, layer.rotation());
    });
  }

  /// A list that is there has an entry for each layer.
  static void requirePerLayer(JsonObject json, String field, int entries, Draft draft)
      throws CheckpointException {
    if (entries > 0 && entries != draft.layers.size()) {
      throw new CheckpointException(
          json.path(),
          "field %s has %d entries for %d layers".formatted(field, entries, draft.layers.size()));
    }
  }
}
