package dev.hone.model.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class ProofTest {
  @TempDir Path dir;

  @Test
  void proofReplaysAfterWritingAndReading() throws IOException {
    try (var golden = new GoldenAdapters()) {
      var adapter = golden.read("all_linear");
      golden.prove(adapter).write(dir);
      var proof = Proof.read(dir, golden.checkpoint.config()).orElseThrow();
      proof.replay(dir, golden.renderer(), golden.base, golden.with(adapter), adapter.shape());
      assertEquals(3, proof.prompts().size());
      assertEquals(
          golden.checkpoint.config().vocabSize(), proof.prompts().getFirst().logits().length);
    }
  }

  /// Fields that tools/parity/proof.py reads.
  @Test
  void fileHasTheFieldsThatOthersRead() throws IOException {
    try (var golden = new GoldenAdapters()) {
      var proof = golden.prove(golden.read("all_linear"));
      proof.write(dir);
      var json = new JsonMapper().readTree(dir.resolve("hone_proof.json").toFile());
      var first = json.get("prompts").get(0);
      assertEquals(1, json.get("version").intValue());
      assertEquals(
          List.of("messages", "ids", "logits_base", "logits"), List.copyOf(first.propertyNames()));
      assertEquals("user", first.get("messages").get(0).get("role").stringValue());
      assertArrayEquals(
          proof.prompts().getFirst().ids(),
          first.get("ids").valueStream().mapToInt(n -> n.intValue()).toArray());
    }
  }

  /// New tokens have the last rows of a vocabulary.
  @Test
  void ofALargeVocabularyTheFirstLogitsAndThoseOfThePromptAreKept() throws IOException {
    var logits = new float[5000];
    for (int i = 0; i < logits.length; i++) logits[i] = i;
    var kept = Proof.stored(logits, new int[] {1, 4999, 7});
    assertEquals(259, kept.length);
    assertArrayEquals(new float[] {255, 1, 4999, 7}, Arrays.copyOfRange(kept, 255, 259));

    var config = withVocabulary(5000);
    for (int size : new int[] {256, 259}) { // an earlier version's, and today's
      writeProof(List.of(1, 4999, 7), size, size);
      assertEquals(size, proof(config).orElseThrow().prompts().getFirst().logits().length);
    }
    for (int size : new int[] {255, 257, 260}) {
      writeProof(List.of(1, 4999, 7), 259, size);
      assertThrows(CheckpointException.class, () -> proof(config));
      writeProof(List.of(1, 4999, 7), size, 259);
      assertThrows(CheckpointException.class, () -> proof(config));
    }
  }

  @Test
  void ofAVocabularyThatIsKeptWholeNoFewerLogitsAreTaken() throws IOException {
    var config = withVocabulary(4096);
    writeProof(List.of(1, 2, 3), 4096, 4096);
    assertEquals(4096, proof(config).orElseThrow().prompts().getFirst().logits().length);
    for (int size : new int[] {256, 259}) {
      writeProof(List.of(1, 2, 3), size, size);
      assertThrows(CheckpointException.class, () -> proof(config));
    }
  }

  private ModelConfig withVocabulary(int size) throws IOException {
    var small = Files.readString(GoldenAdapters.BASE.resolve("config.json"));
    var json = small.replaceFirst("\"vocab_size\": \\d+", "\"vocab_size\": " + size);
    return ModelConfig.read(Files.writeString(dir.resolve("config.json"), json));
  }

  private Optional<Proof> proof(ModelConfig config) throws CheckpointException {
    return Proof.read(dir, config);
  }

  private void writeProof(List<Integer> ids, int ofBase, int logits) throws IOException {
    Files.writeString(
        dir.resolve("hone_proof.json"),
        """
        {"version": 1, "prompts": [{"messages": [{"role": "user", "content": "a"}],
          "ids": %s, "logits_base": %s, "logits": %s}]}
        """
            .formatted(ids, Arrays.toString(new int[ofBase]), Arrays.toString(new int[logits])));
  }

  @Test
  void tamperedBaseIsRefused() throws IOException {
    try (var golden = new GoldenAdapters()) {
      var adapter = golden.read("all_linear");
      var proof = golden.prove(adapter);
      var weight = golden.weights.float32().get("model.layers.1.mlp.up_proj.weight");
      weight.set(3, 5, weight.get(3, 5) + 1f);
      assertRefused("the base is not the one that it was trained on", proof, golden, adapter);
    }
  }

  @Test
  void tamperedAdapterIsRefused() throws IOException {
    try (var golden = new GoldenAdapters()) {
      var adapter = golden.read("all_linear");
      var proof = golden.prove(adapter);
      var b = adapter.parameters().get("model.layers.0.mlp.down_proj.lora_B.weight");
      b.set(3, 1, b.get(3, 1) + 1f);
      assertRefused("its weights are not those that training wrote", proof, golden, adapter);
    }
  }

  @Test
  void anotherTokenizerIsRefused() throws IOException {
    var base = GoldenAdapters.copy(GoldenAdapters.BASE, dir.resolve("base"));
    var tokenizer = base.resolve("tokenizer.json");
    Files.writeString(
        tokenizer,
        Files.readString(tokenizer)
            .replace("\"a\": 7", "\"a\": 8")
            .replace("\"c\": 8", "\"c\": 7"));
    try (var golden = new GoldenAdapters();
        var changed = new GoldenAdapters(base)) {
      var adapter = golden.read("all_linear");
      assertRefused(
          "the tokenizer or the chat template has changed",
          golden.prove(adapter),
          changed,
          adapter);
    }
  }

  private void assertRefused(String reason, Proof proof, GoldenAdapters golden, PeftAdapter adapter)
      throws IOException {
    var renderer = golden.renderer();
    var refused =
        assertThrows(
            UsageException.class,
            () -> proof.replay(dir, renderer, golden.base, golden.with(adapter), adapter.shape()));
    assertTrue(refused.getMessage().contains(reason), refused.getMessage());
  }

  @Test
  void adapterThatChangesNoLogitIsRefused() throws IOException {
    try (var golden = new GoldenAdapters()) {
      var adapter = golden.read("all_linear");
      adapter.parameters().parameters().stream()
          .filter(p -> p.name().endsWith("lora_B.weight"))
          .forEach(p -> adapter.parameters().get(p.name()).clear());
      var refused = assertThrows(UsageException.class, () -> golden.prove(adapter));
      assertTrue(refused.getMessage().contains("changes no logit"), refused.getMessage());
    }
  }

  @Test
  void divergedTrainingIsRefused() throws IOException {
    try (var golden = new GoldenAdapters()) {
      var adapter = golden.read("all_linear");
      adapter.parameters().flat().set(0, 0, Float.NaN);
      var refused = assertThrows(UsageException.class, () -> golden.prove(adapter));
      assertTrue(refused.getMessage().contains("diverged"), refused.getMessage());
    }
  }

  /// Full fine-tuning changes the base itself between the two halves of the proof.
  @Test
  void proofOfAFullyTrainedModelReplaysAndTellsOtherWeights() throws IOException {
    try (var golden = new GoldenAdapters()) {
      var begun = Proof.begin(golden.renderer(), golden.base);
      var weight = golden.weights.float32().get("model.layers.1.mlp.up_proj.weight");
      weight.set(0, 0, weight.get(0, 0) + 1f);
      var proof = begun.complete(golden.base, dev.hone.model.decoder.AdapterShape.NONE);
      proof.replay(dir, golden.renderer(), golden.base);
      weight.set(0, 0, weight.get(0, 0) - 1f);
      var renderer = golden.renderer();
      var refused =
          assertThrows(UsageException.class, () -> proof.replay(dir, renderer, golden.base));
      assertTrue(
          refused.getMessage().contains("its weights are not those that were written"),
          refused.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"version\":1' | '\"version\":2' | has version 2, this Hone knows 1",
        "'\"version\":1' | '\"v\":1' | lacks the field version",
        "'\"ids\":[1' | '\"ids\":[61' | field prompts[0].ids is 61",
        "'\"ids\":[1' | '\"ids\":[\"a\"' | 'field prompts[0].ids is \"a\"'",
        "'\"logits\":[' | '\"logits\":[0.5,' | field prompts[0].logits is no list of 61 numbers",
        "'\"logits_base\":[' | '\"logits_base\":[null,' | field prompts[0].logits_base is no list"
            + " of 61 numbers",
        "'\"prompts\":' | '\"others\":' | has 0 prompts",
        "'{\"messages\"' | '7,{\"messages\"' | field prompts is 7",
        "'}]}' | '' | is not valid JSON",
      })
  void damagedProofIsRefused(String text, String replacement, String message) throws IOException {
    try (var golden = new GoldenAdapters()) {
      golden.prove(golden.read("all_linear")).write(dir);
      var file = dir.resolve(Proof.FILE);
      var content = Files.readString(file);
      int at = content.indexOf(text);
      Files.writeString(
          file, content.substring(0, at) + replacement + content.substring(at + text.length()));
      var refused =
          assertThrows(Exception.class, () -> Proof.read(dir, golden.checkpoint.config()));
      assertTrue(
          refused instanceof UsageException || refused instanceof CheckpointException,
          refused.toString());
      assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }
  }
}
