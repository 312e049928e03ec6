package dev.hone.tune.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.LayerChoice;
import dev.hone.model.adapter.LoraConfig;
import dev.hone.model.adapter.SavedModules;
import dev.hone.model.adapter.Targets;
import dev.hone.model.adapter.TrainedTokens;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.GgufExport;
import dev.hone.model.checkpoint.GgufFormat;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.language.LanguageModel;
import dev.hone.testkit.Seeds;
import dev.hone.tune.data.Source;
import dev.hone.tune.eval.EvalRequest;
import dev.hone.tune.eval.EvalRun;
import dev.hone.tune.train.Schedule;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole runs on a tiny base that PEFT's golden files came with.
class TuneRunTest {
  private static final Path BASE = Path.of("../model/src/test/resources/golden/peft/base");
  private static final List<String> ADAPTER =
      List.of(
          "adapter_model.safetensors",
          "adapter_config.json",
          "hone.json",
          "hone_proof.json",
          "split.json");

  private static final TrainedTokens TOKENS =
      new TrainedTokens(Map.of("embed_tokens", List.of(9, 4)));

  @TempDir Path dir;
  private Path base = BASE;
  private Path data;

  @BeforeEach
  void writeRows() throws IOException {
    writeRows("Who");
  }

  private void writeRows(String head) throws IOException {
    data = dir.resolve("rows.jsonl");
    var random = new SplittableRandom(3);
    var rows = new StringBuilder();
    String[] words = {
      " the", " cat", " rat", " sat", " on", " mat", " ran", " there", " near", " sea", " small"
    };
    for (int i = 0; i < 60; i++) {
      var prompt = new StringBuilder(head);
      var completion = new StringBuilder("It");
      for (int w = 0; w < random.nextInt(2, 12); w++) {
        prompt.append(words[random.nextInt(words.length)]);
        completion.append(words[random.nextInt(words.length)]);
      }
      rows.append(
          "{\"prompt\": \"%s %d\", \"completion\": \"%s\"}\n".formatted(prompt, i, completion));
    }
    Files.writeString(data, rows);
  }

  @Test
  void aTrialTimesPassesAndTrainsNothing() throws IOException {
    var out = dir.resolve("trial");
    var request = request("lora", out, 2, false);
    assertTrue(TuneRun.trialTokensPerSecond(request, new SilentListener()) > 0);
    assertFalse(Files.exists(out.resolve("metrics.csv")));
    assertFalse(Files.exists(out.resolve("adapter_model.safetensors")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lora", "dora", "pissa", "saved", "tokens", "full", "full in bfloat16"})
  void trainingLowersTheHeldOutLossAndLeavesAModelThatLoads(String method) throws IOException {
    var out = dir.resolve("run");
    var summary = run(request(method, out, 2, false)).orElseThrow();
    assertTrue(summary.heldOutLossAfter() < 0.9 * summary.heldOutLossBefore(), summary.toString());
    assertEquals(summary.steps(), 3 * 7);
    boolean isFull = method.startsWith("full");
    var model = isFull ? out : BASE;
    var adapter = isFull ? Optional.<Path>empty() : Optional.of(out);
    LanguageModel.open(model, adapter, Optional.empty(), 64).close();
    assertEquals(summary.heldOutLossAfter(), heldOutLoss(model, adapter, out), 1e-6);
  }

  /// Within a hundredth: the tiny base's own rounding is most of it.
  @ParameterizedTest
  @EnumSource(names = "STORED", mode = EnumSource.Mode.EXCLUDE)
  void aBaseInFewerBitsTrainsNearlyAsWell(BaseDtype dtype) throws IOException {
    var exact = run(request("lora", dir.resolve("exact"), 2, false)).orElseThrow();
    var out = dir.resolve("narrow");
    var summary = run(request(dtype, "lora", out, false)).orElseThrow();
    assertEquals(
        exact.heldOutLossAfter(), summary.heldOutLossAfter(), 0.01 * exact.heldOutLossAfter());
    assertEquals(dtype.label(), summary.settings().get("base-dtype"));
    assertEquals(summary.heldOutLossAfter(), heldOutLoss(BASE, Optional.of(out), out), 1e-6);
  }

  /// What a model gives on the held-out rows of a run.
  private static double heldOutLoss(Path model, Optional<Path> adapter, Path run)
      throws IOException {
    var request =
        new EvalRequest(
            model,
            adapter,
            Optional.empty(),
            new Source(run.resolve("valid.jsonl")),
            OptionalInt.empty(),
            false,
            1);
    return EvalRun.run(request, new SilentListener()).evaluation().loss();
  }

  @ParameterizedTest
  @CsvSource({"tokens, INT8", "tokens, BFLOAT16", "tokens, STORED", "tokens on pissa, FLOAT32"})
  void rowsOfTokensAreTrainedOnABaseOfAnyType(String method, BaseDtype dtype) throws IOException {
    if (dtype == BaseDtype.STORED) {
      base = dir.resolve("base.gguf");
      try (var arena = Arena.ofConfined()) {
        GgufExport.write(Checkpoint.open(BASE, arena), GgufFormat.Q8_0, "tiny", base);
      }
    }
    var out = dir.resolve("run");
    var summary = run(request(dtype, method, out, false)).orElseThrow();
    assertTrue(summary.heldOutLossAfter() < 0.9 * summary.heldOutLossBefore(), summary.toString());
    assertEquals(summary.heldOutLossAfter(), heldOutLoss(base, Optional.of(out), out), 1e-6);
    try (var model = LanguageModel.open(base, Optional.of(out), Optional.empty(), 64)) {
      var merged = model.merge(dir.resolve("merged"), Optional.of(Dtype.F32), false);
      assertTrue(merged.error() <= 1e-5, merged.toString());
    }
  }

  @Test
  void aBaseThatIsTrainedIsNotRounded() {
    var request = request(BaseDtype.INT8, "full", dir.resolve("full"), false);
    var refused = assertThrows(UsageException.class, () -> run(request));
    assertTrue(refused.getMessage().contains("--base-dtype int8"), refused.getMessage());
  }

  @Test
  void resumingOnAnotherTypeIsRefused() throws IOException {
    var out = dir.resolve("run");
    run(request(BaseDtype.INT8, "lora", out, false));
    var refused =
        assertThrows(
            UsageException.class, () -> run(request(BaseDtype.BFLOAT16, "lora", out, true)));
    assertTrue(refused.getMessage().contains("base-dtype was int8 and is now bfloat16"));
  }

  /// Stopped and resumed several times, at random steps.
  @ParameterizedTest
  @Seeds(5)
  void aResumedRunHasTheBytesOfAnUninterruptedOne(long seed) throws IOException {
    var method = List.of("lora", "full", "dora", "pissa", "tokens").get(Math.floorMod(seed, 5));
    assertResumedIsUninterrupted(method, seed);
  }

  private void assertResumedIsUninterrupted(String method, long seed) throws IOException {
    var whole = dir.resolve("whole");
    run(request(method, whole, 2, false));
    var parts = dir.resolve("parts");
    var random = new SplittableRandom(seed);
    Optional<Summary> summary = Optional.empty();
    for (int i = 0; summary.isEmpty(); i++) {
      var steps = new AtomicInteger(random.nextInt(1, 8));
      summary =
          TuneRun.run(
              request(method, parts, 2, i > 0),
              new SilentListener(),
              () -> steps.getAndDecrement() == 0);
    }
    assertSameFiles(
        !method.equals("full") ? ADAPTER : List.of("model.safetensors", "hone_proof.json"),
        whole,
        parts);
    assertEquals(losses(whole), losses(parts));
  }

  /// Of a base whose files have q, k and v in one matrix: checkpoints have them apart, results do
  /// not.
  @ParameterizedTest
  @ValueSource(strings = {"lora", "dora", "pissa"})
  void aRunOnAFusedBaseIsResumedAndLeavesWhatLoads(String method) throws IOException {
    base = BASE.resolveSibling("phi3").resolve("base");
    assertResumedIsUninterrupted(method, 7);
    var out = dir.resolve("whole");
    var config = Files.readString(out.resolve("adapter_config.json"));
    assertTrue(config.contains("\"qkv_proj\"") && !config.contains("\"q_proj\""), config);
    try (var model = LanguageModel.open(base, Optional.of(out), Optional.empty(), 64)) {
      assertTrue(model.merge(dir.resolve("merged"), Optional.empty(), false).error() <= 1e-5);
    }
  }

  @Test
  void everyEpochLeavesAnAdapterThatLoadsAndTheResultStaysTheSame() throws IOException {
    run(request("lora", dir.resolve("unwatched"), 2, false));
    var out = dir.resolve("run");
    var kept = new EpochKeeper(dir);
    var summary = TuneRun.run(request("lora", out, 2, false), kept, () -> false).orElseThrow();
    assertEquals(List.of(7L, 14L, 21L), kept.steps);
    for (long step : kept.steps) {
      LanguageModel.open(BASE, Optional.of(dir.resolve("" + step)), Optional.empty(), 64).close();
    }
    var weights = List.of("adapter_model.safetensors", "hone_proof.json", "hone.json");
    assertSameFiles(weights, dir.resolve("" + summary.bestStep()), out);
    assertSameFiles(weights, dir.resolve("unwatched"), out);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void anyNumberOfThreadsGivesTheSameBytes(int threads) throws IOException {
    run(request("lora", dir.resolve("one"), 1, false));
    run(request("lora", dir.resolve("many"), threads, false));
    assertSameFiles(List.of("adapter_model.safetensors"), dir.resolve("one"), dir.resolve("many"));
  }

  /// Rows with a common head, full training (no dropout): passes are sorted, cut and computed in
  /// another way, and the same is learned, up to the order of sums.
  @Test
  void sharedPrefixesGiveTheSameBytesOnAnyThreadsAndTheNumbersOfRepeatedOnes() throws IOException {
    writeRows("Tell the old sailor, who cannot see the sea any more, what there is.");
    for (int threads : new int[] {1, 2, 5}) {
      run(sharing(true, dir.resolve("shared" + threads), threads));
    }
    run(sharing(false, dir.resolve("repeated"), 2));
    var model = List.of("model.safetensors");
    assertSameFiles(model, dir.resolve("shared1"), dir.resolve("shared2"));
    assertSameFiles(model, dir.resolve("shared1"), dir.resolve("shared5"));
    var shared = steps(dir.resolve("shared1"));
    var repeated = steps(dir.resolve("repeated"));
    assertEquals(repeated.size(), shared.size());
    for (int i = 0; i < shared.size(); i++) {
      double[] expected = repeated.get(i);
      double[] actual = shared.get(i);
      assertEquals(expected[2], actual[2], 1e-4 * expected[2], "loss, line " + i);
      assertEquals(expected[5], actual[5], "trained tokens, line " + i);
      assertEquals(expected[6], actual[6], "tokens, line " + i);
      assertEquals(expected[9], actual[9], 1e-4 * expected[9], "held-out loss, line " + i);
    }
    assertNotEquals(repeated.get(1)[2], shared.get(1)[2], "nothing was shared");
  }

  private TuneRequest sharing(boolean sharesPrefixes, Path out, int threads) {
    return request(method("full"), hyper(1e-3, 3, 0, 300, sharesPrefixes), out, threads, false);
  }

  /// The fields of every line but the heading; 0 where there is none.
  private static List<double[]> steps(Path out) throws IOException {
    return Files.readAllLines(out.resolve("metrics.csv")).stream()
        .skip(1)
        .map(line -> Stream.of(line.split(",", -1)))
        .map(fields -> fields.mapToDouble(f -> f.isEmpty() ? 0 : Double.parseDouble(f)).toArray())
        .toList();
  }

  @Test
  void resumingWithOtherThreadsSaysThatBytesMayDiffer() throws IOException {
    var out = dir.resolve("run");
    var steps = new AtomicInteger(5);
    TuneRun.run(
        request("lora", out, 2, false), new SilentListener(), () -> steps.getAndDecrement() == 0);
    var listener = new SilentListener();
    TuneRun.run(request("lora", out, 1, true), listener, () -> false);
    assertTrue(
        listener.notes().stream().anyMatch(note -> note.contains("differ")),
        listener.notes().toString());
  }

  @Test
  void resumingWithOtherSettingsIsRefusedByName() throws IOException {
    var out = dir.resolve("run");
    run(request("lora", out, 2, false));
    var failure = assertThrows(UsageException.class, () -> run(request("full", out, 2, true)));
    assertTrue(
        failure.getMessage().contains("method was lora and is now full"), failure.getMessage());
  }

  @Test
  void aDirectoryWithOtherFilesIsLeftAlone() throws IOException {
    var out = Files.createDirectory(dir.resolve("letters"));
    Files.writeString(out.resolve("letter.txt"), "dear");
    assertThrows(UsageException.class, () -> run(request("lora", out, 2, false)));
    assertEquals("dear", Files.readString(out.resolve("letter.txt")));
    assertThrows(UsageException.class, () -> run(request("lora", out, 2, true)));
  }

  @Test
  void aFinishedRunIsNotBegunAgain() throws IOException {
    var out = dir.resolve("run");
    run(request("lora", out, 2, false));
    assertThrows(UsageException.class, () -> run(request("lora", out, 2, false)));
    var before = Files.readAllBytes(out.resolve("adapter_model.safetensors"));
    assertTrue(run(request("lora", out, 2, true)).isPresent());
    assertArrayEquals(before, Files.readAllBytes(out.resolve("adapter_model.safetensors")));
  }

  @Test
  void patienceEndsARunAndTheBestIsKept() throws IOException {
    var out = dir.resolve("run");
    var hyper = hyper(0.5, 30, 2); // far too high a rate: it gets worse soon
    var summary = run(request(method("full"), hyper, out, 2, false)).orElseThrow();
    assertTrue(summary.stoppedEarly());
    assertTrue(summary.bestStep() < summary.steps());
    assertFalse(Files.exists(out.resolve(".model")));
  }

  private static Optional<Summary> run(TuneRequest request) throws IOException {
    return TuneRun.run(request, new SilentListener(), () -> false);
  }

  private static Method method(String name) {
    return switch (name) {
      case "lora" -> new Method.Lora(new LoraConfig(4, 8, new Targets.AllLinear(), 0.1, false));
      case "dora" -> new Method.Lora(dora(SavedModules.NONE), 4, OptionalInt.empty());
      case "tokens" -> new Method.Lora(dora(SavedModules.NONE, TOKENS));
      case "tokens on pissa" ->
          new Method.Lora(dora(SavedModules.NONE, TOKENS), 1, OptionalInt.of(4));
      case "pissa" -> new Method.Lora(dora(SavedModules.NONE), 1, OptionalInt.of(4));
      case "saved" ->
          new Method.Lora(
              dora(new SavedModules(List.of("embed_tokens", "norm"), true)), 1, OptionalInt.of(4));
      case "full in bfloat16" -> new Method.Full(Dtype.BF16);
      default -> new Method.Full(Dtype.F32);
    };
  }

  private static LoraConfig dora(SavedModules saved) {
    return dora(saved, TrainedTokens.NONE);
  }

  private static LoraConfig dora(SavedModules saved, TrainedTokens tokens) {
    return new LoraConfig(
        4,
        8,
        new Targets.AllLinear(),
        0.1,
        false,
        true,
        Map.of(),
        Map.of(),
        Optional.empty(),
        LayerChoice.ALL,
        saved,
        tokens);
  }

  private static TuneRequest.Hyper hyper(double rate, int epochs, int patience) {
    return hyper(rate, epochs, patience, 40, true);
  }

  private static TuneRequest.Hyper hyper(
      double rate, int epochs, int patience, int microBatchTokens, boolean sharesPrefixes) {
    return new TuneRequest.Hyper(
        OptionalDouble.of(rate),
        epochs,
        8,
        microBatchTokens,
        sharesPrefixes,
        Schedule.COSINE,
        0.1,
        0.01,
        0.999,
        1,
        Recompute.AUTO,
        OptionalInt.of(4),
        patience,
        5, // after the first evaluation, which must not rely on an earlier checkpoint
        7);
  }

  private TuneRequest request(String method, Path out, int threads, boolean isResumed) {
    return request(method(method), hyper(1e-2, 3, 0), out, threads, isResumed);
  }

  private TuneRequest request(
      Method method, TuneRequest.Hyper hyper, Path out, int threads, boolean isResumed) {
    return request(BaseDtype.FLOAT32, method, hyper, out, threads, isResumed);
  }

  private TuneRequest request(BaseDtype dtype, String method, Path out, boolean isResumed) {
    return request(dtype, method(method), hyper(1e-2, 3, 0), out, 2, isResumed);
  }

  private TuneRequest request(
      BaseDtype dtype,
      Method method,
      TuneRequest.Hyper hyper,
      Path out,
      int threads,
      boolean isResumed) {
    return new TuneRequest(
        base,
        new Source(data),
        Optional.empty(),
        out,
        method,
        dtype,
        hyper,
        OptionalInt.empty(),
        false,
        threads,
        isResumed,
        Optional.empty(),
        Optional.empty());
  }

  private static void assertSameFiles(List<String> names, Path expected, Path actual)
      throws IOException {
    for (var name : names) {
      assertArrayEquals(
          Files.readAllBytes(expected.resolve(name)),
          Files.readAllBytes(actual.resolve(name)),
          name);
    }
  }

  /// Step, loss and held-out loss of every line.
  private static List<String> losses(Path out) throws IOException {
    var losses = new ArrayList<String>();
    for (var line : Files.readAllLines(out.resolve("metrics.csv"))) {
      var fields = line.split(",", -1);
      losses.add(fields[0] + " " + fields[2] + " " + fields[9]);
    }
    return losses;
  }
}
