package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.BlockForm.Draft;
import dev.hone.model.checkpoint.BlockForm.HeadNorm;
import dev.hone.model.checkpoint.BlockForm.Layer;
import dev.hone.model.checkpoint.BlockForm.Rotation;

/// Gemma 3's text models: as Gemma 2, with queries and keys normalised head by head instead of
/// capped, and five layers with a window and a rotary base of their own to each without. (Gemma
/// Team 2025, arXiv 2503.19786)
final class Gemma3 extends Family {
  private static final int WINDOW = 4096;
  private static final int PATTERN = 6;

  Gemma3() {
    super("gemma3_text", "Gemma3ForCausalLM", Gemma2.FIELDS.withNumbers(1e-6, 1_000_000));
  }

  @Override
  void draft(JsonObject json, Draft draft) throws CheckpointException {
    Gemma2.draft(json, draft, 0, 0);
    draft.headNorm = HeadNorm.EACH;
    var parameters = json.object("rope_parameters");
    var local = parameters.isPresent() ? parameters.get().object("sliding_attention") : parameters;
    draft.localRopeTheta =
        local.isPresent()
            ? local.get().positive("rope_theta", draft.localRopeTheta)
            : json.positive("rope_local_base_freq", draft.localRopeTheta);
    int window = json.optionalInteger("sliding_window", 1, Integer.MAX_VALUE).orElse(WINDOW);
    int pattern =
        json.optionalInteger("sliding_window_pattern", 1, Integer.MAX_VALUE).orElse(PATTERN);
    Family.slide(json, draft, window, layer -> (layer + 1) % pattern != 0);
    draft.changeLayers(
        (l, layer) -> layer.window() > 0 ? new Layer(layer.window(), Rotation.LOCAL) : layer);
  }
}
