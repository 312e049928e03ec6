package dev.hone.model.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.AdapterConfig;
import dev.hone.model.adapter.PeftAdapter;
import dev.hone.model.adapter.Proof;
import dev.hone.model.adapter.Provenance;
import dev.hone.model.adapter.RowShape;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.SafetensorsFile;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.text.RenderFormat;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Over the tiny base and the adapters that tools/parity/peft_interop.py had PEFT write.
class LanguageModelTest {
  /// What any base can be kept in.
  private static final Set<BaseDtype> IN_MEMORY =
      EnumSet.complementOf(EnumSet.of(BaseDtype.STORED));

  private static final String TEMPLATE =
      "{% for m in messages %}{{ m.content }} {{ eos_token }}{% endfor %}{% if"
          + " add_generation_prompt %}I{% endif %}";

  @TempDir Path dir;
  private Path base;

  @BeforeEach
  void copyBase() throws IOException {
    base = copy(golden("base"), dir.resolve("base"));
  }

  private static Path golden(String name) {
    try {
      return Path.of(LanguageModelTest.class.getResource("/golden/peft/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path copy(Path source, Path target) throws IOException {
    Files.createDirectories(target);
    try (var files = Files.list(source)) {
      for (var file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
    return target;
  }

  private LanguageModel open(Path adapter) throws IOException {
    return LanguageModel.open(base, Optional.of(adapter), Optional.empty(), 64);
  }

  /// Writes PEFT's adapter again as Hone does, with provenance and proof.
  private Path trained() throws IOException {
    var out = dir.resolve("adapter");
    try (var model = open(golden("all_linear"))) {
      write(model, out);
    }
    return out;
  }

  private static void write(LanguageModel model, Path out) throws IOException {
    var adapter = model.adapter().orElseThrow();
    adapter.write(
        out,
        "A test.",
        model.provenanceOf(Set.of(RowShape.COMPLETION)),
        Proof.of(model.renderer(), model.baseDecoder(), model.decoder(), adapter.shape()),
        model.baseDecoder(),
        false);
  }

  /// The same, trained on a base in another type.
  private Path trainedOn(BaseDtype dtype) throws IOException {
    var out = dir.resolve("adapter-" + dtype.label());
    var golden = Optional.of(golden("all_linear"));
    try (var model = LanguageModel.open(base, golden, Optional.of(dtype), 64)) {
      write(model, out);
    }
    return out;
  }

  private void assertRefused(Path adapter, String message) {
    var refused = assertThrows(Exception.class, () -> open(adapter).close());
    assertTrue(
        refused instanceof UsageException || refused instanceof CheckpointException,
        refused.toString());
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
    assertEquals(1, refused.getMessage().lines().count());
  }

  @Test
  void modelWithoutAdapterIsItsBase() throws IOException {
    try (var model = LanguageModel.open(base)) {
      assertSame(model.baseDecoder(), model.decoder());
      assertEquals(Optional.empty(), model.adapter());
      assertEquals(Optional.empty(), model.provenance());
      assertEquals(128, model.maxPositions());
      assertEquals(Set.of(2), model.stopIds());
      assertEquals(RenderFormat.Kind.PLAIN, model.renderer().format().kind());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"all_linear", "rslora_q_v", "patterns"})
  void adapterOfPeftOpens(String name) throws IOException {
    try (var model = open(golden(name))) {
      assertEquals("base", model.adapter().orElseThrow().config().baseModel());
      assertEquals(64, model.maxPositions());
    }
  }

  @Test
  void adapterThatHoneWroteReplaysItsProof() throws IOException {
    try (var model = open(trained())) {
      assertEquals(Set.of(RowShape.COMPLETION), model.provenance().orElseThrow().rows());
    }
  }

  @ParameterizedTest
  @EnumSource(names = "STORED", mode = EnumSource.Mode.EXCLUDE)
  void adapterRunsOnTheTypeThatItWasTrainedOn(BaseDtype dtype) throws IOException {
    var adapter = trainedOn(dtype);
    for (var asked : List.of(Optional.<BaseDtype>empty(), Optional.of(dtype))) {
      try (var model = LanguageModel.open(base, Optional.of(adapter), asked, 64)) {
        assertEquals(dtype, model.weights().dtype());
        assertEquals(dtype, model.provenance().orElseThrow().baseDtype());
      }
    }
    var other = dtype == BaseDtype.INT8 ? BaseDtype.FLOAT32 : BaseDtype.INT8;
    var refused =
        assertThrows(
            UsageException.class,
            () -> LanguageModel.open(base, Optional.of(adapter), Optional.of(other), 64));
    assertTrue(refused.getMessage().contains("was trained on a base in"), refused.getMessage());
  }

  /// The proof alone would see it, too.
  @Test
  void int8AdapterWhoseTypeWasLostIsRefusedByItsProof() throws IOException {
    var adapter = trainedOn(BaseDtype.INT8);
    var file = adapter.resolve(Provenance.FILE);
    Files.writeString(file, Files.readString(file).replace("int8", "float32"));
    assertRefused(adapter, "the base is not the one that it was trained on");
  }

  @Test
  void modelWithoutAdapterOpensInAnyType() throws IOException {
    try (var model = LanguageModel.open(base)) {
      assertEquals(BaseDtype.FLOAT32, model.weights().dtype());
    }
    for (var dtype : IN_MEMORY) {
      LanguageModel.open(base, Optional.empty(), Optional.of(dtype), 64).close();
    }
  }

  /// With the rounded base in it: what was trained and measured, and nothing else.
  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "INT8"})
  void mergedModelHoldsTheRoundedBase(BaseDtype dtype) throws IOException {
    var out = dir.resolve("merged");
    try (var model = open(trainedOn(dtype))) {
      var report = model.merge(out, Optional.of(Dtype.F32), false);
      assertTrue(report.error() <= 1e-5, report.toString());
    }
    for (var opened : IN_MEMORY) { // its proof allows for rounding
      LanguageModel.open(out, Optional.empty(), Optional.of(opened), 64).close();
    }
  }

  @Test
  void directoriesInEachOthersPlaceAreRefusedByWhatTheyAre() {
    var asBase = assertThrows(UsageException.class, () -> LanguageModel.open(golden("all_linear")));
    assertTrue(
        asBase.getMessage().endsWith("is an adapter for base, not a model"), asBase.getMessage());
    assertEquals("pass it with --adapter, and that model with --base", asBase.hint());
    assertRefused(base, "is a model, not an adapter");
    assertRefused(dir.resolve("nowhere"), "no such directory");
  }

  @Test
  void tamperedBaseIsRefused() throws IOException {
    var adapter = trained();
    tamper(base.resolve("model.safetensors"), "model.layers.1.mlp.up_proj.weight", 5f);
    assertRefused(adapter, "the base is not the one that it was trained on");
  }

  @Test
  void tamperedAdapterIsRefused() throws IOException {
    var adapter = trained();
    tamper(
        adapter.resolve("adapter_model.safetensors"),
        "base_model.model.model.layers.0.mlp.up_proj.lora_B.weight",
        5f);
    assertRefused(adapter, "its weights are not those that training wrote");
  }

  @Test
  void changedTokenizerIsRefused() throws IOException {
    var adapter = trained();
    var tokenizer = base.resolve("tokenizer.json");
    Files.writeString(
        tokenizer,
        Files.readString(tokenizer)
            .replace("\"a\": 7", "\"a\": 8")
            .replace("\"c\": 8", "\"c\": 7"));
    assertRefused(adapter, "the tokenizer or the chat template has changed");
  }

  @Test
  void changedOrLostChatTemplateIsRefused() throws IOException {
    var template = base.resolve("chat_template.jinja");
    Files.writeString(template, TEMPLATE);
    var adapter = trained();
    open(adapter).close();
    Files.writeString(template, TEMPLATE + " ");
    assertRefused(adapter, "the chat templates differ");
    Files.delete(template);
    assertRefused(adapter, "one uses a chat template, the other the plain format");
  }

  /// A template that shows the date renders as on the day of training, also later.
  @Test
  void clockOfTheChatTemplateIsThatOfTraining() throws IOException {
    Files.writeString(base.resolve("chat_template.jinja"), "{{ strftime_now('%S') }}" + TEMPLATE);
    var adapter = trained();
    var provenance = Files.readString(adapter.resolve(Provenance.FILE));
    assertTrue(provenance.contains("\"clock\": \"2"), provenance);
    Files.writeString(
        adapter.resolve(Provenance.FILE),
        provenance.replaceFirst("\"clock\": \"[^\"]*", "\"clock\": \"2001-02-03T04:05:00"));
    open(adapter).close();
  }

  @Test
  void formatOfTheAdapterWinsOverTheBases() throws IOException {
    var adapter = trained();
    Files.writeString(base.resolve("chat_template.jinja"), TEMPLATE);
    try (var model = open(adapter)) {
      assertEquals(RenderFormat.Kind.PLAIN, model.renderer().format().kind());
    }
    try (var model = LanguageModel.open(base)) {
      assertEquals(RenderFormat.Kind.TEMPLATE, model.renderer().format().kind());
    }
  }

  @Test
  void adapterOfOthersThatIsUntrainedIsRefused() throws IOException {
    var adapter = copy(golden("rslora_q_v"), dir.resolve("untrained"));
    for (int layer = 0; layer < 2; layer++) {
      for (var module : new String[] {"q_proj", "v_proj"}) {
        var name =
            "base_model.model.model.layers.%d.self_attn.%s.lora_B.weight".formatted(layer, module);
        tamper(adapter.resolve("adapter_model.safetensors"), name, 0f);
      }
    }
    assertRefused(adapter, "untrained: the adapter changes no logit of the base");
  }

  @Test
  void lostProofLeavesTheFingerprint() throws IOException {
    var adapter = trained();
    Files.delete(adapter.resolve(Proof.FILE));
    open(adapter).close();
    tamper(base.resolve("model.safetensors"), "model.layers.1.mlp.up_proj.weight", 5f);
    assertRefused(adapter, "was trained on another base");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"version\": 9}",
        "{\"version\": 1}",
        "{\"version\": 1, \"base_fingerprint\": \"x\"}",
        "{\"version\": 1, \"base_fingerprint\": \"x\", \"render_format\": {\"kind\": \"other\"}}",
        "{\"version\": 1, \"base_fingerprint\": \"x\", \"render_format\": {\"kind\": \"template\","
            + " \"clock\": \"noon\"}}",
        "{\"version\": 1, \"base_fingerprint\": \"x\", \"render_format\": {\"kind\": \"plain\"},"
            + " \"rows\": [\"poem\"]}",
        "{\"version\": 1, \"base_fingerprint\": \"x\", \"render_format\": {\"kind\": \"plain\"},"
            + " \"base_dtype\": \"int3\"}"
      })
  void damagedProvenanceIsRefused(String json) throws IOException {
    var adapter = trained();
    Files.writeString(adapter.resolve(Provenance.FILE), json);
    assertRefused(adapter, "hone.json: ");
  }

  @Test
  void fullyTrainedModelReplaysItsProof() throws IOException {
    try (var model = LanguageModel.open(base)) {
      var begun = Proof.begin(model.renderer(), model.baseDecoder());
      var weight = model.weights().float32().get("model.layers.1.mlp.up_proj.weight");
      weight.set(0, 0, 5f);
      begun.complete(model.baseDecoder(), AdapterShape.NONE).write(base);
    }
    var refused = assertThrows(UsageException.class, () -> LanguageModel.open(base));
    assertTrue(
        refused.getMessage().contains("its weights are not those that were written"),
        refused.getMessage());
    tamper(base.resolve("model.safetensors"), "model.layers.1.mlp.up_proj.weight", 5f, 1);
    LanguageModel.open(base).close();
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void mergedModelOpensAndKeepsFormatAndRows(Dtype dtype) throws IOException {
    Files.writeString(base.resolve("chat_template.jinja"), "{{ strftime_now('%S') }}" + TEMPLATE);
    var out = dir.resolve("merged");
    RenderFormat format;
    try (var model = open(trained())) {
      var report = model.merge(out, Optional.of(dtype), false);
      assertTrue(report.error() <= report.tolerance(), report.toString());
      format = model.renderer().format();
    }
    try (var merged = LanguageModel.open(out)) {
      assertEquals(format, merged.renderer().format());
      assertEquals(Set.of(RowShape.COMPLETION), merged.provenance().orElseThrow().rows());
    }
  }

  @Test
  void adapterOfOthersMergesToo() throws IOException {
    try (var model = open(golden("patterns"))) {
      var report = model.merge(dir.resolve("merged"), Optional.empty(), false);
      assertTrue(report.error() <= 1e-5, report.toString());
    }
    LanguageModel.open(dir.resolve("merged")).close();
  }

  @Test
  void baseIsNeverMergedOver() throws IOException {
    try (var model = open(golden("patterns"))) {
      var refused =
          assertThrows(UsageException.class, () -> model.merge(base, Optional.empty(), true));
      assertTrue(refused.getMessage().endsWith("is what is being merged"), refused.getMessage());
    }
    LanguageModel.open(base).close();
  }

  @Test
  void adapterIsTrainedAndReadBackUnderTheSameConfiguration() throws IOException {
    var config = AdapterConfig.read(trained().resolve(AdapterConfig.FILE));
    try (var model = LanguageModel.open(base)) {
      assertEquals(14, config.lora().shapeFor(model.config()).modules().size());
      assertEquals(
          config.lora(),
          PeftAdapter.read(dir.resolve("adapter"), model.config(), model.memory()).config().lora());
    }
  }

  private static void tamper(Path file, String tensor, float value) throws IOException {
    tamper(file, tensor, value, Integer.MAX_VALUE);
  }

  /// Overwrites the first `count` elements of a tensor.
  private static void tamper(Path file, String tensor, float value, int count) throws IOException {
    var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    try (var arena = Arena.ofConfined()) {
      var info = SafetensorsFile.open(file, arena).info(tensor);
      for (int i = 0; i < Math.min(count, info.elements()); i++) {
        bytes.putFloat(Math.toIntExact(info.offset() + (long) i * Float.BYTES), value);
      }
    }
    Files.write(file, bytes.array());
  }
}
