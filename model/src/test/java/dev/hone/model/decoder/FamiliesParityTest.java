package dev.hone.model.decoder;

import static dev.hone.testkit.Close.assertMaxRelativeError;

import dev.hone.model.decoder.Workspace.Mode;
import dev.hone.tensor.Workers;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each family against PyTorch and Transformers: golden files by tools/parity/families.py.
class FamiliesParityTest {
  static Stream<String> names() {
    return Stream.of(
            "mistral",
            "qwen2",
            "qwen3",
            "smollm3",
            "granite",
            "olmo2",
            "gemma2",
            "gemma3_text",
            "phi3")
        .flatMap(family -> Stream.of(family, family + "_lora"));
  }

  /// The golden logits of one row's tokens, without padding.
  private static float[] expected(GoldenModel model, int row) {
    int time = model.golden.i32Rows("ids")[row].length;
    int vocab = model.config.vocabSize();
    int from = row * time * vocab;
    return Arrays.copyOfRange(
        model.golden.f32("logits"), from, from + model.golden.i32("lengths")[row] * vocab);
  }

  @ParameterizedTest
  @MethodSource("names")
  void logitsMatchTransformers(String name) {
    try (var arena = Arena.ofShared();
        var workers = new Workers(2)) {
      var model = new GoldenModel("families/" + name, arena);
      var batch = model.batch();
      var logits = model.memory.f32("logits", batch.numTokens(), model.config.vocabSize());
      model.decoder().logits(batch, model.workspace(Mode.INFERENCE), logits);
      int at = 0;
      for (int row = 0; row < model.golden.i32("lengths").length; row++) {
        var expected = expected(model, row);
        int length = expected.length / model.config.vocabSize();
        assertMaxRelativeError(expected, logits.rows(at, at + length).toArray(), 1e-5);
        assertMaxRelativeError(expected, decoded(model, workers, row, length), 1e-5);
        at += length;
      }
    }
  }

  /// The logits of every token of a row: the first half as prompts of growing length, the others as
  /// answers, token by token.
  private static float[] decoded(GoldenModel model, Workers workers, int row, int length) {
    int vocab = model.config.vocabSize();
    var ids = model.golden.i32Rows("ids")[row];
    var all = model.memory.f32("logits", length, vocab);
    var cached =
        CachedDecoder.allocate(model.memory, model.decoder(), model.adapter, 64, 64, workers);
    for (int t = 0; t < length; t++) {
      boolean isPrompt = t < length / 2;
      if (isPrompt) {
        cached.cache().truncate(0);
      }
      int n = isPrompt || t == length / 2 ? t + 1 - cached.cache().length() : 1;
      var next = Arrays.copyOfRange(ids, t + 1 - n, t + 1);
      cached.extend(next, n, all.rows(t, t + 1));
    }
    return all.toArray();
  }

  @ParameterizedTest
  @MethodSource("names")
  void gradientsMatchPyTorch(String name) {
    for (var mode : new Mode[] {Mode.TRAINING, Mode.RECOMPUTE}) {
      GoldenModel.assertGradients("families/" + name, !name.endsWith("_lora"), mode);
    }
  }
}
