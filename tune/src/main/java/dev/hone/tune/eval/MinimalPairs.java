package dev.hone.tune.eval;

import dev.hone.model.UsageException;
import dev.hone.model.language.LanguageModel;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.Workers;
import dev.hone.tune.data.Example;
import dev.hone.tune.data.LineFile;
import dev.hone.tune.data.MicroBatch;
import dev.hone.tune.data.Packing;
import dev.hone.tune.data.TokenStore;
import dev.hone.tune.data.TokenStoreWriter;
import dev.hone.tune.run.TuneListener;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// How often a model finds the good sentence of a pair likelier than the bad one, as BLiMP does
/// (Warstadt et al. 2020, arXiv 1912.00582): by the sum of the log-probabilities of all tokens, the
/// first one given BOS where the model has that. The end of the text does not count.
///
/// Each line of the file is an object with `sentence_good`, `sentence_bad` and, where pairs are of
/// several kinds, `UID`.
public final class MinimalPairs {
  private static final Packing ALONE = new Packing(1, false);
  private static final int PAIRS_AT_ONCE = 200;

  private final EvalRequest request;
  private final LanguageModel model;
  private final TuneListener listener;

  /// The kind of each pair, in the file's order.
  private final List<String> uids = new ArrayList<>();

  private MinimalPairs(EvalRequest request, LanguageModel model, TuneListener listener) {
    this.request = request;
    this.model = model;
    this.listener = listener;
  }

  /// How many of some pairs were told right; a tie is not.
  public record Score(long right, long pairs) {
    static final Score NONE = new Score(0, 0);

    Score plus(boolean isRight) {
      return new Score(right + (isRight ? 1 : 0), pairs + 1);
    }

    public double accuracy() {
      return (double) right / pairs;
    }
  }

  /// @param all pairs
  /// @param byUid the same by kind; empty where no pair says which it is
  /// @param seconds for scoring
  public record Result(Score all, SortedMap<String, Score> byUid, double seconds) {}

  /// @throws UsageException when the model or the file cannot be used
  public static Result run(EvalRequest request, TuneListener listener) throws IOException {
    listener.phase("opening the model");
    try (var model = request.open()) {
      var tokens = Files.createTempFile("hone-eval", ".tokens");
      try {
        return new MinimalPairs(request, model, listener).run(tokens);
      } finally {
        Files.deleteIfExists(tokens);
      }
    }
  }

  private Result run(Path tokens) throws IOException {
    listener.phase("reading the pairs");
    try (var writer = new TokenStoreWriter(tokens, EvalRun.KEY)) {
      LineFile.readObjects(request.data().file(), (number, row) -> read(number, row, writer));
      if (uids.isEmpty()) {
        throw new UsageException(request.data().file() + ": holds no pair", "name another file");
      }
      writer.commit();
    }
    listener.phase("scoring");
    try (var store = TokenStore.open(tokens);
        var arena = Arena.ofShared();
        var workers = new Workers(request.threads())) {
      var engine = EvalRun.engine(model, store, ALONE, new ArenaAllocator(arena), workers);
      long started = System.nanoTime();
      var all = Score.NONE;
      var byUid = new TreeMap<String, Score>();
      for (int from = 0; from < uids.size(); from += PAIRS_AT_ONCE) {
        int to = Math.min(uids.size(), from + PAIRS_AT_ONCE);
        var scored = engine.evaluateEach(model.decoder(), store, parts(2 * from, 2 * to));
        for (int pair = from; pair < to; pair++) {
          int at = 2 * (pair - from);
          boolean isRight = scored[at].lossSum() < scored[at + 1].lossSum();
          all = all.plus(isRight);
          var uid = uids.get(pair);
          byUid.put(uid, byUid.getOrDefault(uid, Score.NONE).plus(isRight));
        }
        listener.progressed("pair", to, uids.size());
      }
      byUid.remove("");
      return new Result(all, byUid, (System.nanoTime() - started) / 1e9);
    }
  }

  /// Each sentence alone, so that nothing hangs on its neighbours.
  private static List<MicroBatch> parts(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> new MicroBatch(new int[] {i}, new int[] {0}))
        .toList();
  }

  private void read(long number, JsonNode row, TokenStoreWriter writer) throws IOException {
    writer.add(number, example(number, row, "sentence_good"));
    writer.add(number, example(number, row, "sentence_bad"));
    uids.add(row.path("UID").asString(""));
  }

  private Example example(long number, JsonNode row, String field) {
    if (!row.path(field).isString()) {
      throw request.refusal(
          number, "has no text " + field, "a row has sentence_good and sentence_bad");
    }
    var rendered = model.renderer().renderText(row.path(field).asString());
    int length = rendered.ids().length - 1;
    var targets = rendered.trained().get(0, length);
    if (targets.isEmpty()) {
      throw request.refusal(number, field + " is too short to be compared", "take the pair out");
    }
    int most = model.config().maxPositionEmbeddings();
    if (length > most) {
      throw request.refusal(
          number,
          "%s has %,d tokens, and the model takes %,d".formatted(field, length, most),
          "take the pair out");
    }
    return new Example(rendered.ids(), length, targets, rendered.targetBytes());
  }
}
