package dev.hone.model.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.SafetensorsFile;
import dev.hone.model.checkpoint.SafetensorsWriter;
import dev.hone.model.checkpoint.SafetensorsWriter.Entry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Adapters of others that are damaged, do not fit or need what Hone lacks: each is refused in one
/// clear line.
class BadAdapterTest {
  private static final String CONFIG = AdapterConfig.FILE;
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String Q0 = "base_model.model.model.layers.0.self_attn.q_proj.";
  private static final String EMBEDDING = "base_model.model.model.embed_tokens.";

  @TempDir Path temporary;

  /// What is done to a good adapter.
  private interface Damage {
    void to(Path dir) throws IOException;
  }

  static Stream<Arguments> damages() {
    return Stream.of(
        bad("no config", "has no adapter_config.json", dir -> Files.delete(dir.resolve(CONFIG))),
        bad(
            "no weights",
            "adapter_model.safetensors: is missing",
            dir -> Files.delete(dir.resolve(WEIGHTS))),
        bad(
            "only a .bin",
            "holds only adapter_model.bin",
            dir -> Files.move(dir.resolve(WEIGHTS), dir.resolve("adapter_model.bin"))),
        bad(
            "a model",
            "is a model, not an adapter",
            dir -> Files.move(dir.resolve(CONFIG), dir.resolve("config.json"))),
        bad("cut JSON", "is not valid JSON", dir -> write(dir, text(dir).substring(0, 300))),
        bad("empty config", "holds no JSON object", dir -> write(dir, "")),
        bad("no JSON object", "holds no JSON object", dir -> write(dir, "[]")),
        bad("no peft_type", "lacks the field peft_type", dir -> set(dir, "peft_type", "null")),
        bad(
            "another method",
            "peft_type IA3 is not supported yet",
            dir -> set(dir, "peft_type", "\"IA3\"")),
        bad(
            "MLX config",
            "an adapter of MLX is not supported yet",
            dir ->
                write(dir, "{\"fine_tune_type\": \"lora\", \"lora_parameters\": {\"rank\": 8}}")),
        bad("r as text", "field r is \"4\", but must be an integer", dir -> set(dir, "r", "\"4\"")),
        bad("r of zero", "field r is 0, but must be between", dir -> set(dir, "r", "0")),
        bad("huge r", "but must be between", dir -> set(dir, "r", "99999999999")),
        bad("negative alpha", "field lora_alpha is -1", dir -> set(dir, "lora_alpha", "-1")),
        bad(
            "dropout of one",
            "dropout must be in [0, 1), got 1.0",
            dir -> set(dir, "lora_dropout", "1.0")),
        bad(
            "pattern rank as text",
            "field rank_pattern.q_proj is \"x\"",
            dir -> set(dir, "rank_pattern", "{\"q_proj\": \"x\"}")),
        bad(
            "broken pattern",
            "is no regular expression",
            dir -> set(dir, "rank_pattern", "{\"q_proj(\": 2}")),
        bad(
            "targets as number",
            "field target_modules is 7",
            dir -> set(dir, "target_modules", "7")),
        bad(
            "targets of another model",
            "names no linear layer",
            dir -> set(dir, "target_modules", "[\"c_attn\"]")),
        bad(
            "target head",
            "an adapter on lm_head is not supported yet",
            dir -> set(dir, "target_modules", "[\"q_proj\", \"lm_head\"]")),
        bad(
            "magnitudes that are not there",
            "lacks the tensor",
            dir -> set(dir, "use_dora", "true")),
        bad("bias", "bias all is not supported yet", dir -> set(dir, "bias", "\"all\"")),
        bad(
            "lora_bias",
            "field lora_bias is not supported yet",
            dir -> set(dir, "lora_bias", "true")),
        bad(
            "modules_to_save of a tied head",
            "the model's head is its embedding, and modules_to_save would part them",
            dir -> set(dir, "modules_to_save", "[\"lm_head\"]")),
        bad(
            "modules_to_save of a linear layer",
            "modules_to_save: training model.layers.0.self_attn.k_proj as a whole is not",
            dir -> set(dir, "modules_to_save", "[\"0.self_attn.k_proj\"]")),
        bad(
            "modules_to_save that are not there",
            "lacks the tensor",
            dir -> set(dir, "modules_to_save", "[\"input_layernorm\"]")),
        bad(
            "rows of tokens that are not there",
            "lacks the tensor base_model.model.model.embed_tokens.token_adapter",
            dir -> set(dir, "trainable_token_indices", "[1]")),
        bad(
            "tokens of a larger vocabulary",
            "trainable_token_indices: token 61 is none of the model's 61",
            dir -> set(dir, "trainable_token_indices", "[1, 61]")),
        bad(
            "a token twice",
            "trainable_token_indices: token 7 is named twice",
            dir -> set(dir, "trainable_token_indices", "{\"embed_tokens\": [7, 7]}")),
        bad(
            "tokens of a linear layer",
            "trainable_token_indices: q_proj has no row for every token",
            dir -> set(dir, "trainable_token_indices", "{\"q_proj\": [7]}")),
        bad(
            "other tokens of a tied head",
            "trainable_token_indices: the model's head is its embedding",
            dir ->
                set(dir, "trainable_token_indices", "{\"embed_tokens\": [7], \"lm_head\": [8]}")),
        bad(
            "tokens as text",
            "field trainable_token_indices is",
            dir -> set(dir, "trainable_token_indices", "[\"<s>\"]")),
        bad(
            "target_parameters",
            "field target_parameters is not",
            dir -> set(dir, "target_parameters", "[\"w\"]")),
        bad(
            "fan_in_fan_out",
            "field fan_in_fan_out is not",
            dir -> set(dir, "fan_in_fan_out", "true")),
        bad(
            "layer_replication",
            "field layer_replication is not",
            dir -> set(dir, "layer_replication", "[[0, 1]]")),
        bad(
            "aLoRA",
            "field alora_invocation_tokens is not",
            dir -> set(dir, "alora_invocation_tokens", "[5]")),
        bad(
            "megatron",
            "field megatron_config is not",
            dir -> set(dir, "megatron_config", "{\"a\": 1}")),
        bad("QALoRA", "field use_qalora is not", dir -> set(dir, "use_qalora", "true")),
        bad(
            "PiSSA",
            "init_lora_weights pissa, which changes the base model",
            dir -> set(dir, "init_lora_weights", "\"pissa\"")),
        bad(
            "classifier",
            "task_type SEQ_CLS is not supported yet",
            dir -> set(dir, "task_type", "\"SEQ_CLS\"")),
        bad(
            "layers with a regex",
            "layers_to_transform although",
            dir -> {
              set(dir, "target_modules", "\".*q_proj\"");
              set(dir, "layers_to_transform", "[1]");
            }),
        bad(
            "other rank than the weights",
            "has the shape [4, 32] where",
            dir -> set(dir, "r", "8")),
        bad(
            "fewer targets than weights",
            "has 4 tensors that adapter_config.json",
            dir -> set(dir, "target_modules", "[\"v_proj\"]")),
        bad(
            "more targets than weights",
            "lacks the tensor base_model.model.model.layers.0.mlp.up_proj.lora_A",
            dir -> set(dir, "target_modules", "[\"q_proj\", \"up_proj\", \"v_proj\"]")),
        bad(
            "truncated weights",
            "truncated",
            dir -> {
              var bytes = Files.readAllBytes(dir.resolve(WEIGHTS));
              Files.write(dir.resolve(WEIGHTS), java.util.Arrays.copyOf(bytes, bytes.length - 100));
            }),
        bad("empty weights", "truncated", dir -> Files.write(dir.resolve(WEIGHTS), new byte[0])),
        bad(
            "missing tensor",
            "lacks the tensor " + Q0 + "lora_B.weight",
            dir -> weights(dir, tensors -> tensors.remove(Q0 + "lora_B.weight"))),
        bad(
            "of another base",
            "has the shape [4, 31] where adapter_config.json and the base model call for [4, 32]",
            dir ->
                weights(
                    dir,
                    tensors ->
                        tensors.put(Q0 + "lora_A.weight", new Values(List.of(4L, 31L), 0.1f)))),
        bad(
            "extra tensor",
            "has 1 tensors that adapter_config.json and the base model do not call for: surplus",
            dir -> weights(dir, tensors -> tensors.put("surplus", new Values(List.of(2L), 1f)))),
        bad(
            "adapter on the embedding",
            "an adapter on the embedding or the head",
            dir ->
                weights(
                    dir,
                    tensors ->
                        tensors.put(
                            EMBEDDING + "lora_embedding_A", new Values(List.of(4L, 61L), 1f)))),
        bad(
            "magnitudes of no DoRA adapter",
            "has 1 tensors that adapter_config.json and the base model do not call for",
            dir ->
                weights(
                    dir,
                    tensors ->
                        tensors.put(Q0 + "lora_magnitude_vector", new Values(List.of(32L), 1f)))),
        bad(
            "MLX tensor",
            "an adapter of MLX (tensor",
            dir ->
                weights(
                    dir,
                    tensors ->
                        tensors.put(
                            "model.layers.0.self_attn.q_proj.lora_a",
                            new Values(List.of(1L), 1f)))),
        bad(
            "NaN",
            "has the value NaN at element 0",
            dir ->
                weights(
                    dir,
                    tensors ->
                        tensors.put(
                            Q0 + "lora_A.weight", new Values(List.of(4L, 32L), Float.NaN)))),
        bad(
            "infinity",
            "has the value Infinity at element 0",
            dir ->
                weights(
                    dir,
                    tensors ->
                        tensors.put(
                            Q0 + "lora_B.weight",
                            new Values(List.of(32L, 4L), Float.POSITIVE_INFINITY)))));
  }

  private static Arguments bad(String name, String message, Damage damage) {
    return Arguments.of(name, message, damage);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void badAdapterIsRefusedInOneLine(String name, String message, Damage damage) throws IOException {
    var dir = GoldenAdapters.copy(GoldenAdapters.dir("rslora_q_v"), temporary.resolve("adapter"));
    damage.to(dir);
    try (var golden = new GoldenAdapters()) {
      var refused = assertThrows(Exception.class, () -> golden.read(dir));
      assertTrue(
          refused instanceof UsageException || refused instanceof CheckpointException,
          refused.toString());
      assertTrue(refused.getMessage().contains(message), refused.getMessage());
      assertEquals(1, refused.getMessage().lines().count());
    }
  }

  private static String text(Path dir) throws IOException {
    return Files.readString(dir.resolve(CONFIG));
  }

  private static void write(Path dir, String config) throws IOException {
    Files.writeString(dir.resolve(CONFIG), config);
  }

  /// Replaces a field's value, up to the end of its line or, for the list of targets, of the list.
  private static void set(Path dir, String field, String value) throws IOException {
    var changed =
        text(dir)
            .replaceFirst(
                "\"" + field + "\": (\\[[^\\]]*\\]|[^,\\n]*)",
                java.util.regex.Matcher.quoteReplacement("\"" + field + "\": " + value));
    write(dir, changed);
  }

  /// A tensor to write: the same value throughout.
  private record Values(List<Long> shape, float value) {
    MemorySegment segment(Arena arena) {
      long size = shape.stream().reduce(1L, Math::multiplyExact);
      var segment = arena.allocate(ValueLayout.JAVA_FLOAT, size);
      for (long i = 0; i < size; i++) {
        segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
      }
      return segment;
    }
  }

  private interface Change {
    void to(Map<String, Values> tensors);
  }

  private static void weights(Path dir, Change change) throws IOException {
    var path = dir.resolve(WEIGHTS);
    var tensors = new LinkedHashMap<String, Values>();
    try (var arena = Arena.ofConfined()) {
      SafetensorsFile.open(path, arena)
          .tensors()
          .forEach((name, info) -> tensors.put(name, new Values(info.shape(), 0.1f)));
      change.to(tensors);
      var entries =
          tensors.entrySet().stream()
              .map(t ->
                  Entry.ofF32(
                      t.getKey(), Dtype.F32, t.getValue().shape, () -> t.getValue().segment(arena)))
              .toList();
      SafetensorsWriter.write(path, entries, SafetensorsWriter.PYTORCH);
    }
  }
}
