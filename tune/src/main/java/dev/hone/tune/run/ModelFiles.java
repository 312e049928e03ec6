package dev.hone.tune.run;

import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.text.ChatRenderer;
import dev.hone.model.text.RenderFormat;
import dev.hone.model.text.Renderers;
import dev.hone.model.text.Tokenizer;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.MemoryPlan;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/// A base model's files, opened and checked: its weights are mapped until they are loaded.
final class ModelFiles implements AutoCloseable {
  private final Arena mapping;
  private final Checkpoint checkpoint;
  private final String fingerprint;
  private final Tokenizer tokenizer;
  private final ChatRenderer renderer;
  private boolean isMapped = true;

  private ModelFiles(Arena mapping, Path dir, Optional<RenderFormat> saved) throws IOException {
    this.mapping = mapping;
    this.checkpoint = Checkpoint.open(dir, mapping);
    this.fingerprint = checkpoint.fingerprint();
    this.tokenizer = Tokenizer.open(checkpoint);
    this.renderer = Renderers.open(dir, tokenizer, saved);
  }

  /// @param saved the format that a run was begun with
  static ModelFiles open(Path dir, Optional<RenderFormat> saved) throws IOException {
    var mapping = Arena.ofShared();
    try {
      return new ModelFiles(mapping, dir, saved);
    } catch (IOException | RuntimeException e) {
      mapping.close();
      throw e;
    }
  }

  Path dir() {
    return checkpoint.dir();
  }

  ModelConfig config() {
    return checkpoint.config();
  }

  /// What identifies the base.
  String fingerprint() {
    return fingerprint;
  }

  Tokenizer tokenizer() {
    return tokenizer;
  }

  /// Its chat template, or the plain format.
  ChatRenderer renderer() {
    return renderer;
  }

  /// What [#load] will take.
  MemoryPlan plan(BaseDtype dtype) {
    var plan = new MemoryPlan();
    BaseWeights.plan(checkpoint, dtype, plan);
    return plan;
  }

  /// Copies the weights into memory and lets go of the files, which would count in the process's
  /// memory as well; weights that stay as their file has them are not copied.
  BaseWeights load(BaseDtype dtype, Allocator memory) throws CheckpointException {
    var weights = BaseWeights.load(checkpoint, dtype, memory);
    if (dtype != BaseDtype.STORED) close();
    return weights;
  }

  @Override
  public void close() {
    if (isMapped) {
      mapping.close();
      isMapped = false;
    }
  }
}
