package dev.hone.model.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.BlockForm;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.checkpoint.RopeScaling;
import dev.hone.model.decoder.AdapterShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class LoraConfigTest {
  private static final ModelConfig MODEL =
      new ModelConfig(
          8,
          4,
          4,
          12,
          2,
          2,
          2,
          16,
          1e-5,
          1e4,
          new RopeScaling.None(),
          false,
          BlockForm.llama(12, 2, false, false),
          OptionalInt.empty(),
          List.of(),
          "float32");

  @TempDir Path dir;

  static Stream<Arguments> settings() throws IOException {
    return settings("/golden/peft_targets.json");
  }

  static Stream<Arguments> fusedSettings() throws IOException {
    return settings("/golden/peft_targets_phi3.json");
  }

  private static Stream<Arguments> settings(String resource) throws IOException {
    try (var in = LoraConfigTest.class.getResourceAsStream(resource)) {
      var rows = new JsonMapper().readTree(in);
      return rows
          .valueStream()
          .map(row -> Arguments.of(row.get("config"), row.get("modules")))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void modulesRanksAndScalesArePefts(JsonNode settings, JsonNode modules) throws IOException {
    assertEquals(expected(modules), read((ObjectNode) settings).shapeAsPeft(MODEL).modules());
  }

  /// Of a model whose files have q, k and v in one matrix.
  @ParameterizedTest
  @MethodSource("fusedSettings")
  void fusedModulesRanksAndScalesArePefts(JsonNode settings, JsonNode modules) throws IOException {
    assertEquals(expected(modules), read((ObjectNode) settings).shapeAsPeft(fused()).modules());
  }

  /// What an adapter's files say of its modules is what it has, whichever those are.
  @ParameterizedTest
  @MethodSource("fusedSettings")
  void describedModulesAreTheModules(JsonNode settings, JsonNode modules) throws IOException {
    var lora = read((ObjectNode) settings);
    var stored = new LinkedHashMap<String, AdapterShape.Module>();
    expected(modules).forEach(stored::put);
    assertEquals(stored, lora.describing(stored, fused()).shapeAsPeft(fused()).modules());
    stored.put("model.layers.4.self_attn.o_proj", new AdapterShape.Module(7, 1 / 3f));
    stored.remove("model.layers.3.self_attn.qkv_proj");
    assertEquals(stored, lora.describing(stored, fused()).shapeAsPeft(fused()).modules());
  }

  @Test
  void nameOfAFusedModuleMeansItsParts() throws IOException {
    var lora =
        new LoraConfig(
            4,
            8,
            Targets.parse("qkv_proj,up_proj,o_proj"),
            0,
            false,
            false,
            Map.of("qkv_proj", 2, "up_proj", 3),
            Map.of("v_proj", 4.0),
            Optional.of(Targets.parse("k_proj")),
            new LayerChoice(List.of(5), List.of()),
            SavedModules.NONE,
            TrainedTokens.NONE);
    var expected =
        Map.of(
            "model.layers.5.self_attn.q_proj", new AdapterShape.Module(2, 4),
            "model.layers.5.self_attn.v_proj", new AdapterShape.Module(2, 2),
            "model.layers.5.self_attn.o_proj", new AdapterShape.Module(4, 2),
            "model.layers.5.mlp.up_proj", new AdapterShape.Module(3, 8 / 3f));
    assertEquals(expected, lora.shapeFor(fused()).modules());
    assertEquals(
        84,
        new LoraConfig(4, 8, new Targets.AllLinear(), 0, false).shapeFor(fused()).modules().size());
    assertRefused(
        "the target qkv_proj names no linear layer of the model",
        new LoraConfig(4, 8, Targets.parse("qkv_proj"), 0, false));
  }

  private ModelConfig fused() throws IOException {
    var path = dir.resolve("config.json");
    Files.writeString(
        path,
        """
        {"model_type": "phi3", "architectures": ["Phi3ForCausalLM"], "vocab_size": 8, "hidden_size": 4,
         "intermediate_size": 4, "num_hidden_layers": 12, "num_attention_heads": 2, "num_key_value_heads": 2,
         "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
        """);
    return ModelConfig.read(path);
  }

  private static Map<String, AdapterShape.Module> expected(JsonNode modules) {
    var expected = new LinkedHashMap<String, AdapterShape.Module>();
    modules
        .properties()
        .forEach(module ->
            expected.put(
                module.getKey(),
                new AdapterShape.Module(
                    module.getValue().get("r").intValue(),
                    (float) module.getValue().get("scaling").doubleValue())));
    return expected;
  }

  /// What Hone writes of a configuration means the same when it is read.
  @ParameterizedTest
  @MethodSource("settings")
  void writtenConfigurationMeansTheSame(JsonNode settings, JsonNode modules) throws IOException {
    var config = read((ObjectNode) settings);
    var written = dir.resolve("written.json");
    Files.writeString(written, AdapterConfig.of(config, "base").toJson());
    assertEquals(config.shapeAsPeft(MODEL), AdapterConfig.read(written).lora().shapeAsPeft(MODEL));
    assertEquals(modules.size(), config.shapeAsPeft(MODEL).modules().size());
  }

  private LoraConfig read(ObjectNode settings) throws IOException {
    var path = dir.resolve("adapter_config.json");
    Files.writeString(path, settings.deepCopy().put("peft_type", "LORA").toString());
    return AdapterConfig.read(path).lora();
  }

  @Test
  void targetThatMeansNothingIsRefusedWithTheNamesThatExist() {
    var config = new LoraConfig(4, 8, Targets.parse("q_proj,c_attn"), 0, false);
    var refused = assertThrows(UsageException.class, () -> config.shapeFor(MODEL));
    assertEquals("the target c_attn names no linear layer of the model", refused.getMessage());
    assertTrue(
        refused.hint().contains("q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj"),
        refused.hint());
  }

  /// What PEFT passes over in silence, where a user has typed it.
  @Test
  void exceptionsPatternsAndLayersThatMeanNothingAreRefused() {
    assertRefused(
        "the target c_attn names no linear layer of the model",
        patterned(Map.of(), "c_attn", List.of()));
    assertRefused(
        "the pattern c_attn names no linear layer of the model",
        patterned(Map.of("c_attn", 2), "k_proj", List.of()));
    assertRefused(
        "there is no layer 12 in a model of 12 layers",
        patterned(Map.of(), "k_proj", List.of(3, 12)));
  }

  private static void assertRefused(String message, LoraConfig config) {
    var refused = assertThrows(UsageException.class, () -> config.shapeFor(MODEL));
    assertEquals(message, refused.getMessage());
  }

  private static LoraConfig patterned(
      Map<String, Integer> ranks, String exclude, List<Integer> layers) {
    return new LoraConfig(
        4,
        8,
        new Targets.AllLinear(),
        0,
        false,
        false,
        ranks,
        Map.of(),
        Optional.of(Targets.parse(exclude)),
        new LayerChoice(layers, List.of()),
        SavedModules.NONE,
        TrainedTokens.NONE);
  }

  /// They are written as names, which PEFT takes together with layers.
  @Test
  void allLinearLayersOfSomeBlocksMeanTheSameWhenRead() throws IOException {
    var config = patterned(Map.of("down_proj", 2), "k_proj", List.of(1, 3));
    var written = dir.resolve("written.json");
    Files.writeString(written, AdapterConfig.of(config, "base").toJson());
    var shape = config.shapeFor(MODEL);
    assertEquals(12, shape.modules().size());
    assertEquals(2, shape.rank("model.layers.3.mlp.down_proj"));
    assertEquals(0, shape.rank("model.layers.2.mlp.down_proj"));
    assertEquals(shape, AdapterConfig.read(written).lora().shapeAsPeft(MODEL));
  }

  /// A run that goes on compares how its settings are written.
  @Test
  void trainedTokensHaveOneOrder() {
    var ids = List.of(7, 3);
    var one = new LinkedHashMap<String, List<Integer>>();
    one.put("lm_head", ids);
    one.put("embed_tokens", ids);
    var tokens = new TrainedTokens(one);
    assertEquals("{embed_tokens=[7, 3], lm_head=[7, 3]}", tokens.ids().toString());
    assertEquals(tokens, new TrainedTokens(Map.of("embed_tokens", ids, "lm_head", ids)));
    assertTrue(new TrainedTokens(Map.of("embed_tokens", List.of())).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lm_head", "embed_tokens", "model.embed_tokens", "q_proj,lm_head"})
  void headAndEmbeddingAreRefusedByName(String targets) {
    var config = new LoraConfig(4, 8, Targets.parse(targets), 0, false);
    var refused = assertThrows(UsageException.class, () -> config.shapeFor(MODEL));
    assertTrue(refused.getMessage().contains("is not supported yet"), refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"(((.*)*)*)*x", "(", ".*.*.*.*.*.*.*.*x"})
  void regexThatIsBrokenOrNeverEndsIsRefused(String regex) {
    var config =
        new LoraConfig(
            4,
            8,
            new Targets.Regex(regex),
            0,
            false,
            false,
            Map.of(),
            Map.of(),
            Optional.empty(),
            LayerChoice.ALL,
            SavedModules.NONE,
            TrainedTokens.NONE);
    var refused = assertThrows(UsageException.class, () -> config.shapeFor(MODEL));
    assertTrue(
        refused.getMessage().startsWith("the pattern '" + regex + "'"), refused.getMessage());
  }

  @Test
  void absurdSettingsAreRefused() {
    var all = new Targets.AllLinear();
    assertThrows(IllegalArgumentException.class, () -> new LoraConfig(0, 8, all, 0, false));
    assertThrows(IllegalArgumentException.class, () -> new LoraConfig(4, 0, all, 0, false));
    assertThrows(
        IllegalArgumentException.class, () -> new LoraConfig(4, Double.NaN, all, 0, false));
    assertThrows(IllegalArgumentException.class, () -> new LoraConfig(4, 8, all, 1, false));
    assertThrows(UsageException.class, () -> Targets.parse(" , "));
  }
}
