package dev.hone.model.decoder;

import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.model.decoder.Workspace.Mode;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.BlockMatrix;
import dev.hone.tensor.Processor;
import dev.hone.tensor.RoundedMatrix;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Workers;
import dev.hone.testkit.Seeds;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchDecoderTest {
  private static final int PAGES = 40;
  private static final int ROWS = 90;

  private final Allocator memory = new ArenaAllocator(Arena.ofAuto());

  /// @param logits after each of its tokens, as far as it has come
  private record Sequence(
      int[] ids, int promptLength, int[] pages, PackedAdapter adapter, List<float[]> logits) {
    Sequence again() {
      return new Sequence(ids, promptLength, pages, adapter, new ArrayList<>());
    }

    int computed() {
      return logits.size();
    }

    boolean isDone() {
      return computed() == ids.length;
    }

    float[] all() {
      int v = logits.getFirst().length;
      var all = new float[v * ids.length];
      for (int t = 0; t < ids.length; t++) {
        System.arraycopy(logits.get(t), 0, all, t * v, v);
      }
      return all;
    }
  }

  private List<Sequence> sequences(SplittableRandom random, TinyModel model) {
    var packed = PackedAdapter.of(memory, model.decoder);
    var pages = shuffled(random);
    var sequences = new ArrayList<Sequence>();
    int next = 0;
    for (int s = 0; s < 9; s++) {
      int length = random.nextInt(1, 60);
      int[] table = IntStream.range(next, next + 4).map(i -> pages[i]).toArray();
      next += 4;
      sequences.add(
          new Sequence(
              random.ints(length, 0, model.config.vocabSize()).toArray(),
              random.nextInt(1, length + 1),
              table,
              s % 3 == 0 ? PackedAdapter.NONE : packed,
              new ArrayList<>()));
    }
    return sequences;
  }

  private static int[] shuffled(SplittableRandom random) {
    int[] pages = IntStream.range(0, PAGES).toArray();
    for (int i = PAGES - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int page = pages[i];
      pages[i] = pages[j];
      pages[j] = page;
    }
    return pages;
  }

  private BatchDecoder decoder(Decoder decoder, Workers workers) {
    var pages = KvPages.allocate(memory, decoder.config(), PAGES);
    var limits = new BatchDecoder.Limits(ROWS, ROWS, 5, TinyModel.MAX_ROW);
    return BatchDecoder.allocate(memory, decoder, pages, limits, workers);
  }

  /// The model's decoder over a base in fewer bits.
  private Decoder narrow(TinyModel model, BaseDtype dtype) {
    var weights = BaseWeights.allocate(model.config, dtype, memory);
    for (var p : model.weights.parameters()) {
      var exact = model.weights.get(p.name());
      switch (weights.matrix(p.name()).orElseThrow()) {
        case RoundedMatrix matrix -> matrix.put(exact, 0);
        case BlockMatrix _ -> throw new AssertionError("nothing is stored here");
        case Tensor vector -> vector.copyFrom(exact.toArray());
      }
    }
    return Decoder.of(model.config, weights, memory, TinyModel.MAX_ROW);
  }

  /// Runs all to their ends, some of their next tokens at a time.
  private static void run(SplittableRandom random, BatchDecoder decoder, List<Sequence> sequences) {
    var rows = new BatchRows(ROWS);
    while (!sequences.stream().allMatch(Sequence::isDone)) {
      rows.clear();
      var asked = new ArrayList<Sequence>();
      for (var s : sequences) {
        if (s.computed() >= s.promptLength) add(random, rows, s, asked, s.ids.length);
      }
      for (var s : sequences) {
        if (s.computed() < s.promptLength) add(random, rows, s, asked, s.promptLength);
      }
      var logits = decoder.run(rows);
      for (int i = 0; i < asked.size(); i++) {
        asked.get(i).logits.add(logits.rows(i, i + 1).toArray());
      }
    }
  }

  private static void add(
      SplittableRandom random, BatchRows rows, Sequence s, List<Sequence> asked, int end) {
    int from = s.computed();
    int to = Math.min(end, from + Math.min(rows.room(), random.nextInt(0, 20)));
    for (int t = from; t < to; t++) {
      int row =
          end == s.promptLength && t < s.promptLength
              ? rows.addPrompt(s.ids[t], t, s.pages, s.adapter)
              : rows.addAnswer(s.ids[t], t, s.pages, s.adapter);
      rows.want(row);
      asked.add(s);
    }
  }

  @ParameterizedTest
  @Seeds(6)
  void aRowGivesTheSameAloneAndInAnyCompany(long seed) {
    var random = new SplittableRandom(seed);
    var model = seed % 2 == 0 ? TinyModel.random(random) : TinyModel.wide(random);
    assertAloneAsTogether(random, model, model.decoder);
  }

  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "INT8"})
  void soDoesOneOverABaseInFewerBits(BaseDtype dtype) {
    for (int seed = 0; seed < 2; seed++) {
      var random = new SplittableRandom(seed);
      var model = TinyModel.wide(random);
      assertAloneAsTogether(random, model, narrow(model, dtype));
    }
  }

  private void assertAloneAsTogether(SplittableRandom random, TinyModel model, Decoder base) {
    try (var workers = new Workers(2)) {
      var together = sequences(random, model);
      run(random, decoder(base, workers), together);
      var decoder = decoder(base, workers);
      for (var s : together) {
        var alone = s.again();
        run(random, decoder, List.of(alone));
        assertSame(s.all(), alone.all());
      }
    }
  }

  /// Bit for bit where the library is known to do so.
  private static void assertSame(float[] expected, float[] actual) {
    if (Processor.fingerprint().startsWith("onednn")) assertArrayEquals(expected, actual);
    else assertMaxRelativeError(expected, actual, 1e-5);
  }

  @ParameterizedTest
  @Seeds(6)
  void aRowGivesWhatAPassOverItsSequenceGives(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    try (var workers = new Workers(2)) {
      var sequences = sequences(random, model);
      run(random, decoder(model.decoder, workers), sequences);
      for (var s : sequences) {
        if (s.adapter.isEmpty()) continue;
        var expected = model.logits(model.workspace(Mode.INFERENCE, 0f), TinyModel.batch(s.ids));
        assertMaxRelativeError(expected, s.all(), 1e-5);
      }
    }
  }

  @Test
  void answersComeBeforePrompts() {
    var rows = new BatchRows(4);
    int[] pages = {0};
    rows.addPrompt(1, 0, pages, PackedAdapter.NONE);
    assertThrows(
        IllegalStateException.class, () -> rows.addAnswer(1, 0, pages, PackedAdapter.NONE));
  }

  @Test
  void moreRowsThanThereIsRoomForAreRefused() {
    var rows = new BatchRows(2);
    int[] pages = {0};
    rows.addAnswer(1, 0, pages, PackedAdapter.NONE);
    rows.addPrompt(1, 1, pages, PackedAdapter.NONE);
    assertThrows(
        IllegalStateException.class, () -> rows.addPrompt(1, 2, pages, PackedAdapter.NONE));
  }
}
