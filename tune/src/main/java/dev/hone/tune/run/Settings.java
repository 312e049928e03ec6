package dev.hone.tune.run;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.LoraConfig;
import dev.hone.model.adapter.Targets;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tune.data.Batches;
import dev.hone.tune.data.TokenStore;
import dev.hone.tune.train.TrainingSettings;
import java.util.LinkedHashMap;
import java.util.Map;

/// The request with what it leaves open decided.
///
/// @param maxLength tokens of an example that are kept
/// @param learningRate peak rate
/// @param dropout on what an adapter sees
record Settings(TuneRequest request, int maxLength, double learningRate, float dropout) {
  /// Longer examples are cut unless the user says otherwise: memory grows with the longest.
  private static final int DEFAULT_MAX_LENGTH = 1024;

  private static final double BETA1 = 0.9;
  private static final double EPSILON = 1e-8;

  /// The share of a run that evaluations may take by default, and how many they are at most.
  private static final double EVALUATION_SHARE = 0.1;

  private static final int MOST_EVALUATIONS = 10;

  /// How many tokens of a forward pass take as long as writing one, roughly: it streams all weights
  /// for itself (docs/log.md).
  private static final int DECODING_COST = 30;

  static Settings of(TuneRequest request, ModelConfig config) {
    refuseToTrainNarrow(request);
    int context = config.maxPositionEmbeddings();
    int maxLength = request.maxLength().orElse(Math.min(context, DEFAULT_MAX_LENGTH));
    if (maxLength > context) {
      throw new UsageException(
          "--max-length %d is more than the model's context of %d tokens"
              .formatted(maxLength, context),
          "give at most " + context);
    }
    double rate =
        request
            .hyper()
            .learningRate()
            .orElseGet(() -> request.method().defaultLearningRate(config));
    float dropout =
        switch (request.method()) {
          case Method.Lora lora -> (float) lora.config().dropout();
          case Method.Full any -> 0f;
        };
    return new Settings(request, maxLength, rate, dropout);
  }

  private static void refuseToTrainNarrow(TuneRequest request) {
    if (request.method() instanceof Method.Full && request.baseDtype().isNarrow()) {
      throw new UsageException(
          "--base-dtype %s freezes the base, and --method full trains it"
              .formatted(request.baseDtype().label()),
          "leave it out, or use --method lora");
    }
    if (request.method().pissaIterations().isPresent() && request.baseDtype().isNarrow()) {
      throw new UsageException(
          "--init pissa takes what the adapter begins with out of the base, which --base-dtype %s"
                  .formatted(request.baseDtype().label())
              + " would round again",
          "leave --base-dtype out, or --init");
    }
  }

  /// @param answerTokens that the model writes at each evaluation
  TrainingSettings training(TokenStore train, TokenStore heldOut, long answerTokens) {
    var h = request.hyper();
    long evaluation = heldOut.totalTokens() + DECODING_COST * answerTokens;
    int evalEvery = h.evalEvery().orElseGet(() -> defaultEvalEvery(train, evaluation));
    return new TrainingSettings(
        h.epochs(),
        h.batchSize(),
        h.microBatchTokens(),
        h.sharesPrefixes(),
        learningRate,
        h.schedule(),
        h.warmupRatio(),
        h.weightDecay(),
        BETA1,
        h.beta2(),
        EPSILON,
        h.clipNorm(),
        dropout,
        evalEvery,
        h.patience(),
        h.checkpointEvery(),
        h.seed());
  }

  /// From token counts alone, so that it is the same on every machine.
  ///
  /// @param evaluation tokens of forward passes that take as long
  private int defaultEvalEvery(TokenStore train, long evaluation) {
    var h = request.hyper();
    double work = (double) train.totalTokens() * h.epochs() * Trial.FORWARD_SPEEDUP;
    int evaluations = (int) Math.min(MOST_EVALUATIONS, EVALUATION_SHARE * work / evaluation);
    long steps = (long) Batches.perEpoch(train.size(), h.batchSize()) * h.epochs();
    return evaluations <= h.epochs() ? 0 : (int) Math.max(1, steps / evaluations);
  }

  /// What the result depends on, by the names of the options.
  Map<String, Object> asMap(TuneRequest r, String dataFingerprint, String probeFingerprint) {
    var h = r.hyper();
    var map = new LinkedHashMap<String, Object>();
    map.put("method", r.method().label());
    if (r.method() instanceof Method.Lora lora) {
      putAdapter(map, lora.config());
      putUnlessEmpty(map, "lora-plus-ratio", Double.toString(lora.plusRatio()), "1.0");
      lora.pissaIterations().ifPresent(n -> map.put("init", "pissa_niter_" + n));
    }
    if (r.method() instanceof Method.Full(var dtype)) {
      map.put("dtype", dtype.torchName());
    }
    map.put("base-dtype", r.baseDtype().label());
    map.put("lr", learningRate);
    map.put("epochs", h.epochs());
    map.put("batch-size", h.batchSize());
    map.put("micro-batch-tokens", h.microBatchTokens());
    map.put("shared-prefix", h.sharesPrefixes());
    map.put("max-length", maxLength);
    map.put("schedule", h.schedule().toString());
    map.put("warmup-ratio", h.warmupRatio());
    map.put("weight-decay", h.weightDecay());
    map.put("beta2", h.beta2());
    map.put("clip", h.clipNorm());
    map.put("recompute", h.recompute().toString());
    map.put("eval-every", h.evalEvery().isPresent() ? h.evalEvery().getAsInt() : "auto");
    map.put("patience", h.patience());
    map.put("train-on-prompt", r.trainsOnPrompt());
    map.put("seed", h.seed());
    map.put("probe", probeFingerprint);
    map.put("data", dataFingerprint);
    r.metric()
        .ifPresent(metric -> {
          map.put("metric", metric.scorer().name());
          map.put("metric-rows", metric.rows());
          metric.maxTokens().ifPresent(most -> map.put("metric-max-tokens", most));
        });
    return map;
  }

  private static void putAdapter(Map<String, Object> map, LoraConfig lora) {
    map.put("rank", lora.rank());
    map.put("alpha", lora.alpha());
    map.put("targets", lora.targets().label());
    map.put("dropout", lora.dropout());
    map.put("rslora", lora.useRslora());
    putUnlessEmpty(map, "dora", Boolean.toString(lora.useDora()), "false");
    putUnlessEmpty(map, "modules-to-save", lora.saved().names().toString(), "[]");
    putUnlessEmpty(
        map, "ensure-weight-tying", Boolean.toString(lora.saved().ensuresTying()), "false");
    putUnlessEmpty(map, "trainable-token-indices", lora.tokens().ids().toString(), "{}");
    // in their order: of patterns the first that matches counts
    putUnlessEmpty(map, "rank-pattern", lora.rankPattern().toString(), "{}");
    putUnlessEmpty(map, "alpha-pattern", lora.alphaPattern().toString(), "{}");
    putUnlessEmpty(map, "exclude-modules", lora.exclude().map(Targets::label).orElse(""), "");
    putUnlessEmpty(map, "layers-to-transform", lora.layers().layers().toString(), "[]");
  }

  private static void putUnlessEmpty(
      Map<String, Object> map, String name, String value, String empty) {
    if (!value.equals(empty)) {
      map.put(name, value);
    }
  }
}
