package dev.hone.model.checkpoint;

import dev.hone.tensor.BlockMatrix;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Writes a LoRA adapter as the GGUF file that llama.cpp puts on top of its model's.
/// (ggml-org/llama.cpp, `src/llama-adapter.cpp`.)
public final class GgufLora {
  /// What is added to one matrix: `scale · B·A`.
  ///
  /// @param module such as `model.layers.0.self_attn.q_proj`
  /// @param a `(r, in)`
  /// @param b `(out, r)`
  public record LowRank(String module, Tensor a, Tensor b, float scale) {
    int rank() {
      return Math.toIntExact(a.rows());
    }
  }

  private static final GgufWriter.Storage F32 = new GgufWriter.Storage.Plain(Dtype.F32);

  private GgufLora() {}

  /// Writes the file `out`, in float32.
  ///
  /// Readers multiply by `alpha / rank` with one alpha for all: where modules differ in that, `B`
  /// takes up the difference.
  ///
  /// @param base the model that the adapter belongs to
  public static void write(Checkpoint base, List<LowRank> modules, Path out)
      throws CheckpointException {
    var name = GgufKeys.architecture(base);
    float alpha = modules.getFirst().scale * modules.getFirst().rank();
    var keys = new LinkedHashMap<String, Object>();
    keys.put("general.architecture", name);
    keys.put("general.type", "adapter");
    keys.put("general.name", out.getFileName().toString().replaceFirst("\\.gguf$", ""));
    keys.put("general.file_type", 0);
    keys.put("adapter.type", "lora");
    keys.put("adapter.lora.alpha", alpha);
    var entries = new ArrayList<GgufWriter.Entry>();
    for (var module : modules) {
      var stored = GgufNames.stored(base.config(), module.module + ".weight");
      int paired = GgufConfig.named(name).pairedRows(module.module, base.config());
      float factor = module.scale * module.rank() / alpha;
      entries.add(entry(stored + ".lora_a", module.a, 0, 1));
      entries.add(entry(stored + ".lora_b", module.b, paired, factor));
    }
    GgufWriter.write(out, keys, entries);
  }

  private static GgufWriter.Entry entry(String name, Tensor w, int paired, float factor) {
    return new GgufWriter.Entry(
        name,
        List.of(w.rows(), (long) w.cols()),
        F32,
        (r, row) -> {
          long from = BlockMatrix.rowStoredAt(r, paired);
          MemorySegment.copy(w.data(), from * row.byteSize(), row, 0, row.byteSize());
          for (int i = 0; factor != 1 && i < w.cols(); i++) {
            float value = row.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            row.setAtIndex(ValueLayout.JAVA_FLOAT, i, value * factor);
          }
        });
  }
}
