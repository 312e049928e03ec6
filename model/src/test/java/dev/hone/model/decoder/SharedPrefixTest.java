package dev.hone.model.decoder;

import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.decoder.TinyModel.Pass;
import dev.hone.model.decoder.Workspace.Mode;
import dev.hone.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/// Rows that share their beginnings give what the same rows give when each is computed on its own:
/// loss and count of hits, the gradient of every parameter (weights and adapter), and the logits.
class SharedPrefixTest {
  private static final int MAX_ROWS = 6;
  private static final int LONGEST = 40;
  private static final Row NOTHING = new Row(new int[0], new boolean[0]);

  /// @param trained by token
  private record Row(int[] ids, boolean[] trained) {
    int target(int i) {
      return i + 1 < ids.length && trained[i + 1] ? ids[i + 1] : PackedBatch.NO_TARGET;
    }

    int length() {
      return ids.length;
    }
  }

  /// How a row comes from the one before it.
  private enum Kin {
    STRANGER,
    TWIN,
    BEGINNING,
    CONTINUATION,
    BRANCH,
    OTHER_MASK
  }

  private static List<Row> rows(SplittableRandom random, int vocab) {
    var rows = new ArrayList<Row>();
    rows.add(stranger(random, vocab));
    while (rows.size() < MAX_ROWS) {
      var kin = Kin.values()[random.nextInt(Kin.values().length)];
      rows.add(next(random, vocab, rows.getLast(), kin));
    }
    return rows;
  }

  private static Row stranger(SplittableRandom random, int vocab) {
    return grown(random, vocab, NOTHING, 0, random.nextInt(1, LONGEST + 1));
  }

  private static Row next(SplittableRandom random, int vocab, Row last, Kin kin) {
    int n = last.length();
    int more = random.nextInt(LONGEST - n + 1);
    return switch (kin) {
      case STRANGER -> stranger(random, vocab);
      case TWIN -> last;
      case BEGINNING -> grown(random, vocab, last, random.nextInt(1, n + 1), 0);
      case CONTINUATION -> grown(random, vocab, last, n, more);
      case BRANCH -> grown(random, vocab, last, random.nextInt(1, n + 1), more);
      case OTHER_MASK -> {
        var other = grown(random, vocab, last, n, 0);
        other.trained()[random.nextInt(n)] ^= true;
        yield other;
      }
    };
  }

  /// The first `kept` tokens and so many more.
  private static Row grown(SplittableRandom random, int vocab, Row from, int kept, int more) {
    var ids = Arrays.copyOf(from.ids(), kept + more);
    var trained = Arrays.copyOf(from.trained(), kept + more);
    for (int t = kept; t < ids.length; t++) {
      ids[t] = random.nextInt(vocab);
      trained[t] = random.nextInt(3) > 0;
    }
    return new Row(ids, trained);
  }

  private static int alike(Row a, Row b) {
    int i = 0;
    while (i < Math.min(a.length(), b.length())
        && a.ids()[i] == b.ids()[i]
        && a.target(i) == b.target(i)) {
      i++;
    }
    return i;
  }

  private static PackedBatch repeated(List<Row> rows) {
    var batch = new PackedBatch(TinyModel.MAX_TOKENS, MAX_ROWS);
    rows.forEach(row -> batch.addRow(row.ids(), row.length(), t -> row.trained()[t]));
    return batch;
  }

  /// Shares all that is alike, or only part of it.
  private static PackedBatch shared(SplittableRandom random, List<Row> rows) {
    var batch = new PackedBatch(TinyModel.MAX_TOKENS, MAX_ROWS);
    Row last = NOTHING;
    for (var row : rows) {
      int alike = alike(last, row);
      int shared = random.nextInt(3) > 0 ? alike : random.nextInt(alike + 1);
      batch.addRow(row.ids(), row.length(), t -> row.trained()[t], 0, shared);
      last = row;
    }
    return batch;
  }

  @ParameterizedTest
  @Seeds(40)
  void lossAndGradientsEqualThoseOfRepeatedRows(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    var rows = rows(random, model.config.vocabSize());
    var ws = model.workspace(random.nextBoolean() ? Mode.TRAINING : Mode.RECOMPUTE, 0f);
    var shared = shared(random, rows);
    var repeated = repeated(rows);
    assertEquals(repeated.numTargets(), shared.numTargets());
    assertSame(model.pass(ws, 0, repeated), model.pass(ws, 0, shared));
    var inference = model.workspace(Mode.INFERENCE, 0f);
    double loss = model.decoder.score(repeated, inference).lossSum();
    assertEquals(loss, model.decoder.score(shared, inference).lossSum(), 1e-5 * loss);
  }

  /// Sums over rows are taken in another order: 10⁻⁵ of the largest gradient.
  private static void assertSame(Pass expected, Pass actual) {
    double loss = expected.score().lossSum();
    assertEquals(loss, actual.score().lossSum(), 1e-5 * loss);
    assertEquals(expected.score().correct(), actual.score().correct());
    assertMaxRelativeError(expected.gradients(), actual.gradients(), 1e-5);
  }

  /// Three levels, more than a block of queries long: all share 30 tokens, two of them 70, and the
  /// last stands alone.
  @Test
  void severalLevelsLongerThanABlock() {
    var random = new SplittableRandom(1);
    var model = TinyModel.random(random);
    int vocab = model.config.vocabSize();
    var first = grown(random, vocab, NOTHING, 0, 90);
    var rows =
        List.of(
            first,
            grown(random, vocab, first, 70, 20),
            grown(random, vocab, first, 30, 8),
            grown(random, vocab, first, 0, 9));
    var shared = new PackedBatch(TinyModel.MAX_TOKENS, 4);
    for (int r = 0; r < rows.size(); r++) {
      var row = rows.get(r);
      int alike = r == 0 ? 0 : alike(rows.get(r - 1), row);
      shared.addRow(row.ids(), row.length(), t -> row.trained()[t], 0, alike);
    }
    assertTrue(shared.numTokens() < 90 + 21 + 9 + 9 + 3, shared.toString());
    var ws = model.workspace(Mode.TRAINING, 0f);
    assertSame(model.pass(ws, 0, repeated(rows)), model.pass(ws, 0, shared));
  }

  @ParameterizedTest
  @Seeds(10)
  void logitsOfARowEqualThoseOfTheRowAlone(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    var rows = rows(random, model.config.vocabSize());
    var ws = model.workspace(Mode.INFERENCE, 0f);
    var batch = shared(random, rows);
    int vocab = model.config.vocabSize();
    var all = model.logits(ws, batch);
    for (int s = 0; s < batch.spans().size(); s++) {
      int[] tokens = tokensBelow(batch, s);
      int[] ids = Arrays.stream(tokens).map(t -> batch.ids()[t]).toArray();
      var alone = model.logits(ws, TinyModel.batch(ids));
      for (int i = 0; i < tokens.length; i++) {
        assertEquals(i, batch.positions()[tokens[i]]);
        assertMaxRelativeError(
            Arrays.copyOfRange(alone, i * vocab, (i + 1) * vocab),
            Arrays.copyOfRange(all, tokens[i] * vocab, (tokens[i] + 1) * vocab),
            2e-5);
      }
    }
  }

  /// Where the tokens lie of the sequence that ends with a span.
  private static int[] tokensBelow(PackedBatch batch, int span) {
    var spans = batch.spans();
    var tokens = new int[spans.past(span) + spans.length(span)];
    for (int s = span; s >= 0; s = spans.base(s)) {
      for (int i = 0; i < spans.length(s); i++) {
        tokens[spans.past(s) + i] = spans.keyRow(s) + i;
      }
    }
    return tokens;
  }
}
