package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.BlockForm.Draft;
import dev.hone.model.checkpoint.BlockForm.Layer;
import dev.hone.model.checkpoint.BlockForm.Rotation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// A family of models: how its `config.json` is read where that is not as Llama's, and what its
/// blocks do otherwise. Absent fields get the values of Transformers' configuration class, or must
/// be there.
interface Family {
  /// Every family that is computed.
  List<Family> ALL =
      List.of(
          new Llama(),
          new Mistral(),
          new Qwen2(),
          new Qwen3(),
          new SmolLm3(),
          new Granite(),
          new Olmo2(),
          new Gemma2(),
          new Gemma3());

  /// `model_type`.
  String modelType();

  /// The only entry of `architectures`.
  String architecture();

  /// Fields that other families are refused for.
  default Set<String> honours() {
    return Set.of();
  }

  /// Fields that have no default that can be told from the others.
  default List<String> required() {
    return List.of();
  }

  /// `hidden_act`.
  default String activation() {
    return "silu";
  }

  default double rmsNormEps() {
    return 1e-6;
  }

  default double ropeTheta() {
    return 10_000;
  }

  default OptionalInt bosTokenId() {
    return OptionalInt.of(1);
  }

  default List<Integer> eosTokenIds() {
    return List.of(2);
  }

  default boolean tiesByDefault() {
    return false;
  }

  /// Says what the blocks do otherwise than Llama's without biases.
  void draft(JsonObject json, Draft draft) throws CheckpointException;

  /// The family of an architecture, or where that is not given of a model type.
  static Optional<Family> of(List<String> architectures, String modelType) {
    return ALL.stream()
        .filter(one -> architectures.isEmpty() || architectures.contains(one.architecture()))
        .filter(one -> modelType.isEmpty() || modelType.equals(one.modelType()))
        .findFirst();
  }

  /// Reads `layer_types`, or takes what the family says where that is absent.
  ///
  /// @param window of the layers that have one
  /// @param isSliding whether a layer has one where the file doesn't say
  /// @param sliding how those rotate
  static void slide(
      JsonObject json, Draft draft, int window, IntPredicate isSliding, Rotation sliding)
      throws CheckpointException {
    var types = json.strings("layer_types");
    if (!types.isEmpty() && types.size() != draft.layers.size()) {
      throw new CheckpointException(
          json.path(),
          "field layer_types has %d entries for %d layers"
              .formatted(types.size(), draft.layers.size()));
    }
    draft.layers =
        IntStream.range(0, draft.layers.size())
            .mapToObj(l -> {
              boolean isOne =
                  types.isEmpty() ? isSliding.test(l) : types.get(l).equals("sliding_attention");
              return isOne ? new Layer(window, sliding) : Layer.PLAIN;
            })
            .toList();
  }
}
