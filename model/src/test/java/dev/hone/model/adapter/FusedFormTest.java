package dev.hone.model.adapter;

import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hone.model.checkpoint.SafetensorsFile;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.testkit.Seeds;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/// Adapters on parts of the matrices that Phi-3's files have in one. That PEFT computes the same is
/// what tools/parity/check_peft.py finds.
class FusedFormTest {
  @TempDir private Path dir;
  private GoldenAdapters golden;

  @BeforeEach
  void open() throws IOException {
    golden = GoldenAdapters.ofPhi3();
  }

  @AfterEach
  void close() {
    golden.close();
  }

  /// Of random values, as if it were trained.
  private PeftAdapter random(LoraConfig lora, Random random) {
    var config = golden.checkpoint.config();
    var shape = lora.shapeFor(config);
    var parameters = ParameterSet.allocate(golden.memory, "adapter", shape.parameters(config));
    for (int i = 0; i < parameters.size(); i++) {
      parameters.flat().set(i, 0, (float) random.nextGaussian() * 0.2f);
    }
    return new PeftAdapter(AdapterConfig.of(lora, "base"), shape, parameters);
  }

  private PeftAdapter writtenAndRead(PeftAdapter adapter) throws IOException {
    adapter.writeInto(dir, "card", golden.base);
    return golden.read(dir);
  }

  private static LoraConfig lora(
      String targets,
      boolean rslora,
      boolean dora,
      Map<String, Integer> ranks,
      Map<String, Double> alphas) {
    return new LoraConfig(
        4,
        6,
        Targets.parse(targets),
        0,
        rslora,
        dora,
        ranks,
        alphas,
        Optional.empty(),
        LayerChoice.ALL,
        SavedModules.NONE,
        TrainedTokens.NONE);
  }

  /// Bit for bit where one scale holds for all parts of a matrix: it is cut at the same places.
  @ParameterizedTest
  @Seeds(20)
  void whatIsWrittenIsReadAsItWas(long seed) throws IOException {
    var random = new Random(seed);
    var targets =
        List.of("all-linear", "q_proj", "k_proj,v_proj,up_proj", "qkv_proj,gate_proj,down_proj")
            .get(random.nextInt(4));
    var adapter = random(lora(targets, random.nextBoolean(), false, Map.of(), Map.of()), random);
    var read = writtenAndRead(adapter);
    assertEquals(adapter.shape(), read.shape());
    assertArrayEquals(adapter.parameters().flat().toArray(), read.parameters().flat().toArray());
  }

  @ParameterizedTest
  @Seeds(20)
  void partsOfOtherRanksScalesAndLengthsComputeTheSame(long seed) throws IOException {
    var random = new Random(seed);
    var adapter =
        random(
            lora(
                random.nextBoolean() ? "all-linear" : "q_proj,v_proj,gate_proj",
                random.nextBoolean(),
                random.nextBoolean(),
                Map.of("q_proj", 3, "layers.1.mlp.gate_proj", 2),
                Map.of("v_proj", 11.0)),
            random);
    assertMaxRelativeError(
        golden.logits(golden.with(adapter), adapter), logitsOf(writtenAndRead(adapter)), 1e-5);
  }

  private float[] logitsOf(PeftAdapter adapter) {
    return golden.logits(golden.with(adapter), adapter);
  }

  @Test
  void onePartAloneHasNoRowsInTheOthers() throws IOException {
    random(lora("k_proj", false, false, Map.of(), Map.of()), new Random(1))
        .writeInto(dir, "card", golden.base);
    var config = PeftAdapter.config(dir).lora();
    assertEquals(new Targets.Names(List.of("qkv_proj")), config.targets());
    assertEquals(4, config.rank());
    assertEquals(6, config.alpha());
    var b = stored("model.layers.0.self_attn.qkv_proj.lora_B.weight");
    assertEquals(64 * 4, b.length);
    assertArrayEquals(new float[32 * 4], Arrays.copyOf(b, 32 * 4));
    assertArrayEquals(new float[16 * 4], Arrays.copyOfRange(b, 48 * 4, 64 * 4));
  }

  @Test
  void ranksAddUpAndScalesStay() throws IOException {
    random(lora("all-linear", false, false, Map.of(), Map.of()), new Random(1))
        .writeInto(dir, "card", golden.base);
    var config = PeftAdapter.config(dir).lora();
    assertEquals(
        new Targets.Names(List.of("down_proj", "gate_up_proj", "o_proj", "qkv_proj")),
        config.targets());
    assertEquals(4, config.rank());
    assertEquals(6, config.alpha());
    assertEquals(Map.of("qkv_proj", 12, "gate_up_proj", 8), config.rankPattern());
    assertEquals(Map.of("qkv_proj", 18.0, "gate_up_proj", 12.0), config.alphaPattern());
  }

  /// So that they keep the length that they have.
  @Test
  void rowsOfPartsThatAreNotAdaptedHaveTheBasesLengths() throws IOException {
    random(lora("q_proj", false, true, Map.of(), Map.of()), new Random(1))
        .writeInto(dir, "card", golden.base);
    var lengths = stored("model.layers.1.self_attn.qkv_proj.lora_magnitude_vector");
    var weight = golden.weights.float32().get("model.layers.1.self_attn.v_proj.weight");
    for (int o = 0; o < weight.rows(); o++) {
      double sum = 0;
      for (int i = 0; i < weight.cols(); i++) {
        sum += Math.pow(weight.get(o, i), 2);
      }
      assertEquals(Math.sqrt(sum), lengths[48 + o], 1e-6);
    }
  }

  private float[] stored(String parameter) throws IOException {
    var file = SafetensorsFile.open(dir.resolve("adapter_model.safetensors"), golden.arena);
    return file.raw("base_model.model." + parameter).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }
}
