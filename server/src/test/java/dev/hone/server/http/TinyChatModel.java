package dev.hone.server.http;

import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.SafetensorsWriter;
import dev.hone.model.checkpoint.SafetensorsWriter.Entry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/// A random Llama of 20 thousand weights, whose tokens are bytes, that renders conversations as
/// ChatML and calls tools as Hermes: what it says is noise, in any form that it is held to.
final class TinyChatModel {
  static final int CONTEXT = 4_096;

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<String> SPECIAL = List.of("<unk>", "<|im_start|>", "<|im_end|>");
  private static final int VOCAB = 256 + SPECIAL.size();
  private static final int HIDDEN = 32;
  private static final int INNER = 48;
  private static final int KV = 16;
  private static final String TEMPLATE =
      """
      {%- if tools %}<|im_start|>system
      {% for tool in tools %}{{ tool | tojson }}
      {% endfor %}<|im_end|>
      {% endif %}
      {%- for message in messages %}<|im_start|>{{ message.role }}
      {{ message.content }}
      {%- for call in message.tool_calls or [] %}<tool_call>
      {"name": {{ call.function.name | tojson }}, "arguments": {{ call.function.arguments | tojson }}}
      </tool_call>
      {%- endfor %}<|im_end|>
      {% endfor %}
      {%- if add_generation_prompt %}<|im_start|>assistant
      {% endif %}\
      """;

  private TinyChatModel() {}

  static void write(Path dir) throws IOException {
    Files.createDirectories(dir);
    write(dir.resolve("config.json"), config());
    write(dir.resolve("generation_config.json"), Map.of("eos_token_id", 2));
    write(dir.resolve("tokenizer.json"), tokenizer());
    write(
        dir.resolve("tokenizer_config.json"),
        Map.of(
            "eos_token",
            "<|im_end|>",
            "chat_template",
            TEMPLATE,
            "tokenizer_class",
            "PreTrainedTokenizerFast"));
    SafetensorsWriter.write(dir.resolve("model.safetensors"), weights(), SafetensorsWriter.PYTORCH);
  }

  private static void write(Path file, Map<String, ?> json) throws IOException {
    Files.writeString(file, JSON.writeValueAsString(json));
  }

  private static Map<String, Object> config() {
    var config = new LinkedHashMap<String, Object>();
    config.put("architectures", List.of("LlamaForCausalLM"));
    config.put("model_type", "llama");
    config.put("vocab_size", VOCAB);
    config.put("hidden_size", HIDDEN);
    config.put("intermediate_size", INNER);
    config.put("num_hidden_layers", 1);
    config.put("num_attention_heads", 4);
    config.put("num_key_value_heads", 2);
    config.put("head_dim", 8);
    config.put("hidden_act", "silu");
    config.put("max_position_embeddings", CONTEXT);
    config.put("rms_norm_eps", 1e-5);
    config.put("rope_theta", 10_000);
    config.put("tie_word_embeddings", true);
    config.put("eos_token_id", 2);
    config.put("torch_dtype", "float32");
    return config;
  }

  private static Map<String, Object> tokenizer() {
    var vocab = new LinkedHashMap<String, Integer>();
    var added = new ArrayList<Map<String, Object>>();
    for (var special : SPECIAL) {
      added.add(
          Map.of(
              "id",
              vocab.size(),
              "content",
              special,
              "single_word",
              false,
              "lstrip",
              false,
              "rstrip",
              false,
              "normalized",
              false,
              "special",
              true));
      vocab.put(special, vocab.size());
    }
    for (int b = 0; b < 256; b++) {
      vocab.put(Character.toString(byteLevelChar(b)), vocab.size());
    }
    var bytes =
        Map.of(
            "type",
            "ByteLevel",
            "add_prefix_space",
            false,
            "trim_offsets",
            true,
            "use_regex",
            true);
    return Map.of(
        "version",
        "1.0",
        "added_tokens",
        added,
        "pre_tokenizer",
        bytes,
        "decoder",
        bytes,
        "model",
        Map.of("type", "BPE", "unk_token", "<unk>", "vocab", vocab, "merges", List.of()));
  }

  /// A byte as byte-level vocabularies spell it: itself where it can be seen, otherwise the next
  /// character from U+0100 on.
  private static int byteLevelChar(int value) {
    return isVisible(value)
        ? value
        : 0x100 + (int) IntStream.range(0, value).filter(b -> !isVisible(b)).count();
  }

  private static boolean isVisible(int b) {
    return b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
  }

  private static List<Entry> weights() {
    var random = new SplittableRandom(1);
    var entries = new ArrayList<Entry>();
    var layer = "model.layers.0.";
    entries.add(noise("model.embed_tokens.weight", random, VOCAB, HIDDEN));
    entries.add(ones(layer + "input_layernorm.weight"));
    entries.add(noise(layer + "self_attn.q_proj.weight", random, HIDDEN, HIDDEN));
    entries.add(noise(layer + "self_attn.k_proj.weight", random, KV, HIDDEN));
    entries.add(noise(layer + "self_attn.v_proj.weight", random, KV, HIDDEN));
    entries.add(noise(layer + "self_attn.o_proj.weight", random, HIDDEN, HIDDEN));
    entries.add(ones(layer + "post_attention_layernorm.weight"));
    entries.add(noise(layer + "mlp.gate_proj.weight", random, INNER, HIDDEN));
    entries.add(noise(layer + "mlp.up_proj.weight", random, INNER, HIDDEN));
    entries.add(noise(layer + "mlp.down_proj.weight", random, HIDDEN, INNER));
    entries.add(ones("model.norm.weight"));
    return entries;
  }

  private static Entry noise(String name, SplittableRandom random, int out, int in) {
    var values = new float[out * in];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.2 * random.nextGaussian());
    }
    return Entry.ofF32(
        name, Dtype.F32, List.of((long) out, (long) in), () -> MemorySegment.ofArray(values));
  }

  private static Entry ones(String name) {
    var values = new float[HIDDEN];
    Arrays.fill(values, 1);
    return Entry.ofF32(
        name, Dtype.F32, List.of((long) HIDDEN), () -> MemorySegment.ofArray(values));
  }
}
