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
import java.util.HashMap;
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
    try (var in = LoraConfigTest.class.getResourceAsStream("/golden/peft_targets.json")) {
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
    var expected = new HashMap<String, AdapterShape.Module>();
    modules
        .properties()
        .forEach(module ->
            expected.put(
                module.getKey(),
                new AdapterShape.Module(
                    module.getValue().get("r").intValue(),
                    (float) module.getValue().get("scaling").doubleValue())));
    assertEquals(expected, read((ObjectNode) settings).shapeAsPeft(MODEL).modules());
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
