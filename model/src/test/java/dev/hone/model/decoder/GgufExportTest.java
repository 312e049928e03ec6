package dev.hone.model.decoder;

import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.GgufExport;
import dev.hone.model.checkpoint.GgufFormat;
import dev.hone.model.checkpoint.ModelFile;
import dev.hone.model.checkpoint.SafetensorsWriter;
import dev.hone.model.text.Tokenizer;
import dev.hone.testkit.Golden;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What is written as GGUF is read back as the same model; that others read it too, tools/parity's
/// check_gguf.py says.
class GgufExportTest {
  private static final JsonMapper JSON = new JsonMapper();
  private final Arena arena = Arena.ofShared();
  @TempDir private Path dir;
  private Path base;
  private Path file;

  @BeforeEach
  void places() throws IOException {
    base = Files.createDirectory(dir.resolve("base"));
    file = dir.resolve("model.gguf");
  }

  /// The golden model as a directory, with what GGUF knows by a family's name as it is there.
  private Checkpoint checkpoint(String golden) throws IOException {
    var model = new GoldenModel(golden, arena);
    var config = (ObjectNode) JSON.readTree(model.golden.metadata().get("config"));
    if (config.has("query_pre_attn_scalar")) {
      config.put("query_pre_attn_scalar", config.get("head_dim").asInt());
    }
    if (config.path("model_type").asString("").equals("mistral")) config.putNull("sliding_window");
    if (config.path("model_type").asString("").equals("qwen2")) {
      config.put("use_sliding_window", false);
      config.remove("layer_types");
    }
    if (config.has("no_rope_layers")) {
      config.putArray("no_rope_layers").add(1).add(1);
    }
    if (config.path("model_type").asString("").equals("gemma3_text")) {
      config.putArray("layer_types").add("sliding_attention").add("sliding_attention");
    }
    return write(model, config);
  }

  private Checkpoint write(GoldenModel model, ObjectNode config) throws IOException {
    Files.writeString(base.resolve("config.json"), config.toString());
    Files.writeString(base.resolve("tokenizer.json"), tokenizer());
    Files.writeString(
        base.resolve("tokenizer_config.json"),
        "{\"eos_token\": \"<|end|>\", \"chat_template\": \"{{ messages[0].content }}\"}");
    var entries = new ArrayList<SafetensorsWriter.Entry>();
    for (var p : model.weights.parameters()) {
      var shape = java.util.Arrays.stream(p.shape()).boxed().toList();
      entries.add(
          SafetensorsWriter.Entry.ofF32(
              p.name(), Dtype.F32, shape, () -> model.weights.get(p.name()).data()));
    }
    SafetensorsWriter.write(base.resolve("model.safetensors"), entries, Map.of());
    return Checkpoint.open(base, arena);
  }

  /// Letters, a pair of them and an end, as bytes; Qwen's way of cutting words.
  private static String tokenizer() {
    return """
    {"version": "1.0", "added_tokens": [{"id": 5, "content": "<|end|>", "special": true, "single_word": false,
      "lstrip": false, "rstrip": false, "normalized": false}],
     "normalizer": {"type": "NFC"},
     "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split", "behavior": "Isolated", "invert": false,
       "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+"}},
       {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}]},
     "post_processor": null, "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false},
     "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "Ġ": 2, "ab": 3, "Ġa": 4}, "merges": ["a b", "Ġ a"]}}
    """;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "decoder/gqa_tied",
        "decoder/mha_untied_bias",
        "decoder/linear_rope",
        "families/mistral",
        "families/qwen2",
        "families/qwen3",
        "families/smollm3",
        "families/granite",
        "families/olmo2",
        "families/gemma2",
        "families/gemma3_text",
        "families/phi3"
      })
  void whatWasWrittenIsReadBackToTheBit(String golden) throws IOException {
    var model = checkpoint(golden);
    GgufExport.write(model, GgufFormat.F32, "tiny", file);
    var read = Checkpoint.open(file, arena);
    var was = model.config();
    var is = read.config();
    assertEquals(was.form().layers(), is.form().layers());
    assertEquals(was.ropeScaling(), is.ropeScaling());
    assertEquals(was.rmsNormEps(), is.rmsNormEps());
    assertEquals(was.ropeTheta(), is.ropeTheta());
    for (var tensor : Checkpoint.expectedTensors(was).entrySet()) {
      var name = tensor.getKey();
      int n = Math.toIntExact(tensor.getValue().stream().reduce(1L, (a, b) -> a * b));
      // a norm to which one is added and taken off again loses its last bits
      float exact = golden.contains("gemma") && name.endsWith("norm.weight") ? 1e-6f : 0f;
      assertArrayEquals(floats(model, name, n), floats(read, name, n), exact, name);
    }
  }

  private static float[] floats(Checkpoint checkpoint, String name, int n) throws IOException {
    try (var own = Arena.ofConfined()) {
      var data = own.allocate(4L * n, 4);
      checkpoint.readF32(name, data);
      return data.toArray(java.lang.foreign.ValueLayout.JAVA_FLOAT);
    }
  }

  @ParameterizedTest
  @CsvSource({"F16, 2e-3", "BF16, 2e-2", "Q8_0, 0.1", "Q4_0, 0.4"})
  void fewerBitsGiveNearlyTheSameLogits(GgufFormat format, double tolerance) throws IOException {
    var model = checkpoint("decoder/gqa_tied");
    GgufExport.write(model, format, "tiny", file);
    assertMaxRelativeError(logits(base), logits(file), tolerance);
  }

  private float[] logits(Path path) throws IOException {
    var memory = new dev.hone.tensor.ArenaAllocator(arena);
    var checkpoint = Checkpoint.open(path, arena);
    var dtype = BaseDtype.of(path);
    var decoder =
        Decoder.of(checkpoint.config(), BaseWeights.load(checkpoint, dtype, memory), memory, 128);
    var batch = new PackedBatch(64, 4);
    var ids = new int[] {1, 5, 9, 13, 17, 21};
    batch.addRow(ids, ids.length, t -> true);
    var workspace =
        Workspace.allocate(
            memory,
            checkpoint.config(),
            dtype,
            AdapterShape.NONE,
            Workspace.Mode.INFERENCE,
            64,
            128,
            0f);
    var logits = memory.f32("logits", ids.length, checkpoint.config().vocabSize());
    decoder.logits(batch, workspace, logits);
    return logits.toArray();
  }

  @ParameterizedTest
  @CsvSource({"F32, 1e-6", "F16, 5e-3", "Q8_0, 0.1", "Q4_0, 0.5"})
  void fusedMatricesGiveNearlyTheSameLogits(GgufFormat format, double tolerance)
      throws IOException {
    var model = checkpoint("families/phi3");
    GgufExport.write(model, format, "tiny", file);
    assertMaxRelativeError(logits(base), logits(file), tolerance);
  }

  /// Both lists of divisors, for contexts that llama.cpp computes and Hone does not.
  @Test
  void longContextOfPhiGoesAlong() throws IOException {
    var golden = new GoldenModel("families/phi3", arena);
    var config = (ObjectNode) JSON.readTree(golden.golden.metadata().get("config"));
    config.put("sliding_window", 20);
    config.put("original_max_position_embeddings", 32);
    var rope = config.putObject("rope_parameters");
    rope.put("rope_type", "longrope").put("rope_theta", 10000.0).put("partial_rotary_factor", 0.5);
    rope.putArray("short_factor").add(1.0).add(1.1);
    rope.putArray("long_factor").add(2.0).add(7.3);
    var model = write(golden, config);
    GgufExport.write(model, GgufFormat.F32, "tiny", file);
    var read = Checkpoint.open(file, arena);
    assertEquals(model.config().ropeScaling(), read.config().ropeScaling());
    assertEquals(model.config().form(), read.config().form());
    assertEquals(32, read.config().maxPositionEmbeddings());
    assertEquals(1, GgufExport.differences(model).size());
    var again = dir.resolve("again.gguf");
    GgufExport.write(read, GgufFormat.F32, "tiny", again);
    assertTrue(told(again).contains("\"long_factor\":[2.0,7.3]"), told(again));
    assertTrue(told(again).contains("\"max_position_embeddings\":128"), told(again));
    assertEquals(told(file), told(again));
  }

  private static String told(Path gguf) throws IOException {
    return new String(
        ModelFile.read(gguf.resolve("config.json"), Integer.MAX_VALUE), StandardCharsets.UTF_8);
  }

  /// llama.cpp tells by the model's name that they do.
  @Test
  void tokensOfPhiTakeTheWhiteSpaceBehindThem() throws IOException {
    checkpoint("families/phi3");
    var path = base.resolve("tokenizer.json");
    Files.writeString(
        path, Files.readString(path).replace("\"rstrip\": false", "\"rstrip\": true"));
    var model = Checkpoint.open(base, arena);
    GgufExport.write(model, GgufFormat.F32, "tiny", file);
    var was = Tokenizer.open(model);
    var is = Tokenizer.open(Checkpoint.open(file, arena));
    assertArrayEquals(new int[] {5, 3}, was.encode("<|end|>  ab"));
    assertArrayEquals(was.encode("<|end|>  ab"), is.encode("<|end|>  ab"));
    GgufExport.write(checkpoint("families/phi3"), GgufFormat.F32, "my-phi3", file);
    is = Tokenizer.open(Checkpoint.open(file, arena));
    assertArrayEquals(new int[] {5, 2, 2, 3}, is.encode("<|end|>  ab"));
  }

  @Test
  void tokensAndTemplateGoAlong() throws IOException {
    var model = checkpoint("families/qwen3");
    GgufExport.write(model, GgufFormat.Q8_0, "tiny", file);
    var was = Tokenizer.open(model);
    var is = Tokenizer.open(Checkpoint.open(file, arena));
    for (var text : List.of("ab a", "aab<|end|>b", "bb aa")) {
      assertArrayEquals(was.encode(text), is.encode(text));
    }
    assertEquals(was.eosId(), is.eosId());
    assertEquals(was.addBos(), is.addBos());
    assertTrue(dev.hone.model.text.ChatTemplate.find(file).isPresent());
  }

  @Test
  void whatOthersWouldComputeOtherwiseIsRefused() throws IOException {
    var golden = new GoldenModel("families/gemma2", arena);
    var config = (ObjectNode) JSON.readTree(golden.golden.metadata().get("config"));
    var model = write(golden, config); // scales its scores by another width than a head's
    var refused =
        assertThrows(
            UsageException.class, () -> GgufExport.write(model, GgufFormat.F32, "tiny", file));
    assertTrue(refused.getMessage().contains("not as other gemma2 models' are"));
    assertTrue(Files.notExists(file));
  }

  @Test
  void anUnknownWayToCutWordsIsRefused() throws IOException {
    var model = checkpoint("families/qwen3");
    Files.writeString(
        base.resolve("tokenizer.json"), tokenizer().replace("\\\\p{N}|", "\\\\p{N}{1,7}|"));
    var refused =
        assertThrows(
            UsageException.class, () -> GgufExport.write(model, GgufFormat.F32, "tiny", file));
    assertTrue(refused.getMessage().contains("pre-tokenizer has no name in GGUF"));
  }

  @Test
  void theGoldenFileIsWrittenAgainWithTheSameValues() throws IOException {
    assertTrue(Golden.load("gguf/many_types").names().contains("logits"));
    var many = Path.of("src/test/resources/golden/gguf/many_types.gguf");
    GgufExport.write(Checkpoint.open(many, arena), GgufFormat.F32, "tiny", file);
    assertMaxRelativeError(logits(many), logits(file), 1e-5);
  }
}
