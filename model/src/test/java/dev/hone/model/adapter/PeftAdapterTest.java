package dev.hone.model.adapter;

import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Against adapters and logits that PEFT wrote: tools/parity/peft_interop.py.
class PeftAdapterTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"all_linear", "rslora_q_v", "patterns", "dora", "saved", "tokens"})
  void logitsWithAnAdapterOfPeftMatchPeft(String name) throws IOException {
    try (var golden = new GoldenAdapters()) {
      var adapter = golden.read(name);
      var expected = Golden.load("peft/logits");
      assertMaxRelativeError(expected.f32("base"), golden.logits(golden.base, adapter), 1e-5);
      assertMaxRelativeError(
          expected.f32(name), golden.logits(golden.with(adapter), adapter), 1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"all_linear", "rslora_qkv", "patterns", "dora", "saved", "tokens"})
  void logitsWithAnAdapterOnFusedModulesMatchPeft(String name) throws IOException {
    try (var golden = GoldenAdapters.ofPhi3()) {
      var adapter = golden.read("phi3/" + name);
      var expected = Golden.load("peft/phi3/logits");
      assertMaxRelativeError(expected.f32("base"), golden.logits(golden.base, adapter), 1e-5);
      assertMaxRelativeError(
          expected.f32(name), golden.logits(golden.with(adapter), adapter), 1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"all_linear", "rslora_qkv", "patterns", "dora", "saved", "tokens"})
  void adapterOnFusedModulesIsWrittenBackByteForByte(String name) throws IOException {
    try (var golden = GoldenAdapters.ofPhi3()) {
      golden.read("phi3/" + name).writeInto(dir, "card", golden.base);
      for (var file : List.of("adapter_config.json", "adapter_model.safetensors")) {
        assertEquals(
            -1,
            Files.mismatch(GoldenAdapters.dir("phi3/" + name).resolve(file), dir.resolve(file)),
            file);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"all_linear", "rslora_q_v", "patterns", "dora", "saved", "tokens"})
  void adapterOfPeftIsWrittenBackByteForByte(String name) throws IOException {
    try (var golden = new GoldenAdapters()) {
      golden.read(name).writeInto(dir, "card", golden.base);
      for (var file : List.of("adapter_config.json", "adapter_model.safetensors")) {
        assertEquals(
            -1, Files.mismatch(GoldenAdapters.dir(name).resolve(file), dir.resolve(file)), file);
      }
    }
  }

  @Test
  void newConfigurationIsPeftsByteForByte() throws IOException {
    var targets = new Targets.Names(List.of("v_proj", "down_proj", "q_proj"));
    var lora =
        new LoraConfig(
            4,
            8,
            targets,
            0,
            false,
            false,
            ordered("down_proj", 3, "layers.0.self_attn.q_proj", 2),
            ordered("down_proj", 5.0, "layers.1.self_attn.v_proj", 12.0),
            Optional.empty(),
            LayerChoice.ALL,
            SavedModules.NONE,
            TrainedTokens.NONE);
    var expected = Files.readString(GoldenAdapters.dir("patterns").resolve("adapter_config.json"));
    assertEquals(expected, AdapterConfig.of(lora, "base").toJson());
  }

  private static <T> Map<String, T> ordered(String key1, T value1, String key2, T value2) {
    var map = new java.util.LinkedHashMap<String, T>();
    map.put(key1, value1);
    map.put(key2, value2);
    return map;
  }

  @Test
  void newConfigurationHasEveryKeyOfPeft() throws IOException {
    var lora = new LoraConfig(16, 32, new Targets.AllLinear(), 0.05, false);
    var fields =
        (ObjectNode) new JsonMapper().readTree(AdapterConfig.of(lora, "some/base").toJson());
    var known =
        Set.of(
            """
            alora_invocation_tokens, alpha_pattern, arrow_config, auto_mapping, bias, corda_config, ensure_weight_tying,
            eva_config, exclude_modules, fan_in_fan_out, init_lora_weights, layer_replication, layers_pattern,
            layers_to_transform, loftq_config, lora_alpha, lora_bias, lora_dropout, megatron_config, megatron_core,
            modules_to_save, qalora_group_size, r, rank_pattern, target_parameters, trainable_token_indices, use_dora,
            use_qalora, use_rslora, use_bdlora, velora_config, kasa_config, monteclora_config, lora_ga_config, peft_type,
            target_modules, base_model_name_or_path, revision, task_type, inference_mode, peft_version\
            """
                .split(",\\s+"));
    assertEquals(new TreeSet<>(known), new TreeSet<>(new HashSet<>(fields.propertyNames())));
    assertEquals("some/base", fields.get("base_model_name_or_path").stringValue());
    assertEquals(
        List.of("down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"),
        fields.get("target_modules").valueStream().map(n -> n.stringValue()).toList());
    assertTrue(fields.get("inference_mode").booleanValue());
    assertEquals("CAUSAL_LM", fields.get("task_type").stringValue());
  }

  @Test
  void unknownFieldsSurviveReadingAndWriting() throws IOException {
    var source = GoldenAdapters.copy(GoldenAdapters.dir("rslora_q_v"), dir.resolve("source"));
    var path = source.resolve(AdapterConfig.FILE);
    Files.writeString(
        path,
        Files.readString(path)
            .replaceFirst("\\{", "{\"zz_new\": {\"b\": 1, \"a\": [1.50, null]},"));
    var written = (ObjectNode) new JsonMapper().readTree(AdapterConfig.read(path).toJson());
    assertEquals(
        "{\"b\":1,\"a\":[1.50,null]}",
        new JsonMapper()
            .readTree(AdapterConfig.read(path).toJson())
            .get("zz_new")
            .toString()
            .replace("1.5,", "1.50,"));
    assertEquals("zz_new", List.copyOf(written.propertyNames()).getLast());
  }

  @Test
  void whatIsWrittenIsReadBackAndWrittenTheSame() throws IOException {
    try (var golden = new GoldenAdapters()) {
      var adapter = golden.read("patterns");
      var proof = golden.prove(adapter);
      var provenance = golden.provenance();
      adapter.write(
          dir.resolve("one"), "Trained on 3 rows.", provenance, proof, golden.base, false);
      var again = golden.read(dir.resolve("one"));
      assertArrayEquals(adapter.parameters().flat().toArray(), again.parameters().flat().toArray());
      assertEquals(adapter.shape(), again.shape());
      assertEquals(Optional.of(provenance), Provenance.read(dir.resolve("one")));
      var readProof = Proof.read(dir.resolve("one"), golden.checkpoint.config()).orElseThrow();
      again.write(
          dir.resolve("two"), "Trained on 3 rows.", provenance, readProof, golden.base, false);
      assertEquals(files(dir.resolve("one")), files(dir.resolve("two")));
      assertEquals(5, files(dir.resolve("two")).size());
    }
  }

  private static Map<String, String> files(Path dir) throws IOException {
    var contents = new java.util.TreeMap<String, String>();
    try (var files = Files.list(dir)) {
      for (var file : files.toList()) {
        contents.put(file.getFileName().toString(), Arrays.toString(Files.readAllBytes(file)));
      }
    }
    return contents;
  }
}
