package dev.hone.tune.run;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.text.ChatRenderer;
import dev.hone.model.text.RenderFormat;
import dev.hone.model.text.Renderers;
import dev.hone.model.text.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// A base model's files, opened and checked; its weights are mapped and not read yet.
///
/// @param checkpoint config and tensors
/// @param tokenizer its tokenizer
/// @param renderer its chat template, or the plain format
record ModelFiles(Checkpoint checkpoint, Tokenizer tokenizer, ChatRenderer renderer) {
  /// @param saved the format that a run or an adapter was begun with
  static ModelFiles open(Path dir, Arena arena, Optional<RenderFormat> saved) throws IOException {
    var checkpoint = Checkpoint.open(dir, arena);
    var tokenizer = Tokenizer.open(checkpoint);
    var bos = tokenizer.addBos() ? tokenizer.bosId() : OptionalInt.empty();
    int eos =
        tokenizer
            .eosId()
            .orElseThrow(() ->
                new UsageException(
                    dir + ": neither its config nor its tokenizer names an end-of-sequence token",
                    "set eos_token_id in config.json"));
    var renderer =
        saved.isPresent()
            ? Renderers.asSaved(saved.get(), dir, tokenizer, bos, eos)
            : Renderers.of(dir, tokenizer, bos, eos, Map.of());
    return new ModelFiles(checkpoint, tokenizer, renderer);
  }

  ModelConfig config() {
    return checkpoint.config();
  }
}
