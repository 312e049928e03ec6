package dev.hone.bench;

import dev.hone.tune.data.Batches;
import dev.hone.tune.data.EpochOrder;
import dev.hone.tune.data.MicroBatch;
import dev.hone.tune.data.TokenStore;
import dev.hone.tune.train.Engine;
import dev.hone.tune.train.Schedule;
import dev.hone.tune.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The steps to take: rows in a store, cut into batches and passes as `hone tune` cuts them.
///
/// @param order the epoch's order, in which the store gives the rows as they stood in their file
record Work(Rows rows, TokenStore store, int[] order, TrainingSettings settings)
    implements AutoCloseable {

  /// @param scratch a file for the store
  static Work of(Rows rows, Path scratch, int microBatchTokens, boolean sharesPrefixes)
      throws IOException {
    var settings = settings(rows.batchSize(), microBatchTokens, sharesPrefixes);
    var order = EpochOrder.of(settings.seed(), 0, rows.all().size());
    return new Work(rows, rows.store(scratch, order), order, settings);
  }

  /// AdamW without decay or schedule, clipped at norm 1, as in the rival's script.
  private static TrainingSettings settings(
      int batchSize, int microBatchTokens, boolean sharesPrefixes) {
    return new TrainingSettings(
        1,
        batchSize,
        microBatchTokens,
        sharesPrefixes,
        1e-4,
        Schedule.CONSTANT,
        0,
        0,
        0.9,
        0.999,
        1e-8,
        1,
        0f,
        0,
        0,
        0,
        1);
  }

  /// The passes of a step; after the last batch the first comes again.
  List<MicroBatch> passes(int step) {
    var batch = Batches.batch(order, step % rows.batches(), rows.batchSize());
    return Batches.cut(batch, store, settings.packing());
  }

  /// Tokens of a step's rows, those computed as padding included.
  int tokens(int step) {
    return rows.tokens(step % rows.batches());
  }

  /// What an engine must have room for.
  Engine.Size size() {
    return Engine.Size.ofScoring(List.of(), settings.scoringPacking()).andTraining(store, settings);
  }

  @Override
  public void close() {
    store.close();
  }
}
