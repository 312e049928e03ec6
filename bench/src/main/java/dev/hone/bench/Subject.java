package dev.hone.bench;

import dev.hone.model.adapter.PeftAdapter;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.Parameter;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.tensor.Allocator;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The model that is trained: its weights, and an adapter's where one is given.
///
/// @param shape the adapter's; [AdapterShape#NONE] for full training
/// @param trained the adapter's parameters, or the weights themselves; none where those are kept in
///   fewer bits
record Subject(ModelConfig config, BaseWeights weights, AdapterShape shape, ParameterSet trained) {

  /// @param dtype what the base is kept in
  /// @param adapter a directory as PEFT writes it; empty for full training
  static Subject load(Path model, BaseDtype dtype, Optional<Path> adapter, Allocator memory)
      throws IOException {
    var checkpoint = Checkpoint.open(model, Arena.ofAuto()); // weights may stay in the file
    var weights = BaseWeights.load(checkpoint, dtype, memory);
    if (adapter.isEmpty()) {
      var trained =
          dtype.isNarrow()
              ? ParameterSet.allocate(memory, "nothing", List.of())
              : weights.float32();
      return new Subject(checkpoint.config(), weights, AdapterShape.NONE, trained);
    }
    var lora = PeftAdapter.read(adapter.get(), checkpoint.config(), memory);
    return new Subject(checkpoint.config(), weights, lora.shape(), lora.parameters());
  }

  /// What `--base-dtype` says.
  static BaseDtype dtype(String label) {
    return BaseDtype.byLabel(label)
        .orElseThrow(
            () -> new IllegalArgumentException("--base-dtype is one of " + BaseDtype.labels()));
  }

  List<Parameter> parameters() {
    return trained.parameters();
  }

  /// @param positions the longest row, tokens
  Decoder decoder(Allocator memory, int positions) {
    var base = Decoder.of(config, weights, memory, positions);
    return shape.isEmpty() ? base : base.withAdapter(shape, trained, memory);
  }
}
