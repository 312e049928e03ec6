package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.SafetensorsWriter.Entry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A Llama checkpoint of one layer, a few kilobytes, that tests write and then spoil.
public final class TinyCheckpoint {
  public static final String CONFIG =
      """
      {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": 300,
        "hidden_size": 8,
        "intermediate_size": 12,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": 64,
        "hidden_act": "silu",
        "rms_norm_eps": 1e-05,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "torch_dtype": "float32",
        "tie_word_embeddings": false
      }
      """;

  private TinyCheckpoint() {}

  /// Writes `config.json` and one `model.safetensors` with everything that it calls for.
  public static void write(Path dir, String config) throws IOException {
    Files.createDirectories(dir);
    Files.writeString(dir.resolve("config.json"), config);
    writeWeights(dir, entries(ModelConfig.read(dir.resolve("config.json")), Dtype.F32));
  }

  public static void writeWeights(Path dir, List<Entry> entries) throws IOException {
    SafetensorsWriter.write(dir.resolve("model.safetensors"), entries, SafetensorsWriter.PYTORCH);
  }

  /// Every tensor of the configuration, with values drawn from a generator seeded by its name.
  public static List<Entry> entries(ModelConfig config, Dtype dtype) {
    var entries = new ArrayList<Entry>();
    Checkpoint.expectedTensors(config)
        .forEach((name, shape) -> entries.add(entry(name, dtype, shape)));
    return entries;
  }

  static Entry entry(String name, Dtype dtype, List<Long> shape) {
    int n =
        Math.toIntExact(shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact));
    return Entry.ofF32(name, dtype, shape, () -> MemorySegment.ofArray(values(name, n)));
  }

  static float[] values(String name, int n) {
    var random = new SplittableRandom(name.hashCode());
    var values = new float[n];
    for (int i = 0; i < n; i++) values[i] = (float) random.nextDouble(-1, 1);
    return values;
  }
}
