package dev.hone.model.adapter;

import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.testkit.Golden;
import dev.hone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MergeTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"all_linear", "rslora_q_v", "patterns", "dora", "saved", "tokens"})
  void mergedLogitsMatchPeft(String name) throws IOException {
    try (var golden = new GoldenAdapters()) {
      var adapter = golden.read(name);
      var report = merge(golden, adapter, golden.prove(adapter), Optional.empty());
      assertTrue(report.error() <= 1e-5 && report.effect() > 0.01, report.toString());
      try (var merged = new GoldenAdapters(dir.resolve("merged"))) {
        assertMaxRelativeError(
            Golden.load("peft/logits").f32(name + ".merged"),
            merged.logits(merged.base, adapter),
            1e-5);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"all_linear", "rslora_qkv", "patterns", "dora", "saved", "tokens"})
  void mergedFusedModulesMatchPeft(String name) throws IOException {
    try (var golden = GoldenAdapters.ofPhi3()) {
      var adapter = golden.read("phi3/" + name);
      merge(golden, adapter, golden.prove(adapter), Optional.empty());
      try (var merged = new GoldenAdapters(dir.resolve("merged"))) {
        assertMaxRelativeError(
            Golden.load("peft/phi3/logits").f32(name + ".merged"),
            merged.logits(merged.base, adapter),
            1e-5);
      }
    }
  }

  private Merge.Report merge(
      GoldenAdapters golden, PeftAdapter adapter, Proof proof, Optional<Dtype> dtype)
      throws IOException {
    return Merge.write(
        golden.checkpoint,
        golden.weights,
        adapter,
        proof,
        golden.provenance(),
        dtype,
        dir.resolve("merged"),
        false);
  }

  @ParameterizedTest
  @Seeds(5)
  void mergedIsBasePlusAdapterAtRunTime(long seed) throws IOException {
    try (var golden = new GoldenAdapters()) {
      var random = new Random(seed);
      var lora =
          new LoraConfig(
              1 + random.nextInt(8),
              1 + random.nextInt(32),
              new Targets.AllLinear(),
              0,
              random.nextBoolean());
      var shape = lora.shapeFor(golden.checkpoint.config());
      var parameters =
          ParameterSet.allocate(
              golden.memory, "adapter", shape.parameters(golden.checkpoint.config()));
      for (int i = 0; i < parameters.size(); i++) {
        parameters.flat().set(i, 0, (float) random.nextGaussian() * 0.1f);
      }
      var adapter = new PeftAdapter(AdapterConfig.of(lora, "base"), shape, parameters);
      merge(golden, adapter, golden.prove(adapter), Optional.empty());
      try (var merged = new GoldenAdapters(dir.resolve("merged"))) {
        assertMaxRelativeError(
            golden.logits(golden.with(adapter), adapter),
            merged.logits(merged.base, adapter),
            1e-5);
      }
    }
  }

  @Test
  void mergedDirectoryIsAModelWithItsProof() throws IOException {
    try (var golden = new GoldenAdapters()) {
      var adapter = golden.read("all_linear");
      merge(golden, adapter, golden.prove(adapter), Optional.empty());
      for (var file :
          new String[] {
            "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"
          }) {
        assertEquals(
            -1,
            Files.mismatch(GoldenAdapters.BASE.resolve(file), dir.resolve("merged").resolve(file)),
            file);
      }
      try (var merged = new GoldenAdapters(dir.resolve("merged"))) {
        Proof.read(dir.resolve("merged"), merged.checkpoint.config())
            .orElseThrow()
            .replay(dir, merged.renderer(), merged.base);
      }
      try (var left = Files.list(dir)) {
        assertEquals(1, left.count());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"BF16, 0.1", "F16, 0.02"})
  void narrowerDtypeIsWrittenAndItsErrorReported(Dtype dtype, double tolerance) throws IOException {
    try (var golden = new GoldenAdapters()) {
      var adapter = golden.read("all_linear");
      var report = merge(golden, adapter, golden.prove(adapter), Optional.of(dtype));
      assertEquals(dtype, report.dtype());
      assertTrue(report.error() > 1e-5 && report.error() <= tolerance, report.toString());
      try (var merged = new GoldenAdapters(dir.resolve("merged"))) {
        assertTrue(
            merged.checkpoint.tensors().stream().allMatch(tensor -> tensor.dtype() == dtype));
        assertEquals(dtype.torchName(), merged.checkpoint.config().torchDtype());
      }
    }
  }

  @Test
  void mergedModelWithOtherLogitsIsNotLeftBehind() throws IOException {
    try (var golden = new GoldenAdapters()) {
      var adapter = golden.read("all_linear");
      var proof = golden.prove(golden.read("rslora_q_v"));
      var failed =
          assertThrows(
              CheckpointException.class, () -> merge(golden, adapter, proof, Optional.empty()));
      assertTrue(
          failed.getMessage().contains("the merged model's logits differ"), failed.getMessage());
      assertTrue(isEmpty(dir));
    }
  }

  @Test
  void whatStandsAtTheTargetIsNeverOverwritten() throws IOException {
    var other = Files.createDirectories(dir.resolve("merged")).resolve("thesis.txt");
    Files.writeString(other, "mine");
    try (var golden = new GoldenAdapters()) {
      var adapter = golden.read("all_linear");
      var proof = golden.prove(adapter);
      assertThrows(UsageException.class, () -> merge(golden, adapter, proof, Optional.empty()));
      assertEquals("mine", Files.readString(other));
      assertFalse(isEmpty(dir));
    }
  }

  private static boolean isEmpty(Path dir) throws IOException {
    try (var files = Files.list(dir)) {
      return files.findAny().isEmpty();
    }
  }
}
