package dev.hone.tune.run;

import dev.hone.model.decoder.Decoder;
import dev.hone.tune.data.Batches;
import dev.hone.tune.data.EpochOrder;
import dev.hone.tune.data.TokenStore;
import dev.hone.tune.train.Engine;
import dev.hone.tune.train.TrainingSettings;
import java.util.ArrayList;
import java.util.Collections;

/// Times forward and backward passes on the first batches without learning from them.
///
/// @param tokensPerSecond of the fastest pass: the first ones run before their code is compiled,
///   and most of a run after
record Trial(double tokensPerSecond) {
  /// How many times as fast a forward alone is, roughly: a backward costs one to two forwards more.
  static final double FORWARD_SPEEDUP = 2.5;

  private static final double ENOUGH_SECONDS = 3;
  private static final int LEAST_BATCHES = 3;

  /// The share of a run's steps that may be tried at most.
  private static final double SHARE = 0.1;

  static Trial run(Engine engine, Decoder decoder, TokenStore train, TrainingSettings settings) {
    var order = EpochOrder.of(settings.seed(), 0, train.size());
    int batches = Batches.perEpoch(train.size(), settings.batchSize());
    var rates = new ArrayList<Double>();
    double most = Math.max(LEAST_BATCHES, SHARE * batches * settings.epochs());
    double seconds = 0;
    for (int i = 0; i < most && seconds < ENOUGH_SECONDS; i++) {
      var rows = Batches.batch(order, i % batches, settings.batchSize());
      var leaves = Batches.cut(rows, train, settings.packing());
      long started = System.nanoTime();
      engine.release(engine.gradient(decoder, train, leaves, 0));
      double took = (System.nanoTime() - started) / 1e9;
      long tokens = train.tokens(rows);
      rates.add(tokens / took);
      seconds += took;
    }
    return new Trial(Collections.max(rates));
  }
}
