package dev.hone.tune.eval;

import dev.hone.model.decoder.Workspace;
import dev.hone.model.language.LanguageModel;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.Workers;
import dev.hone.tune.data.DataGate;
import dev.hone.tune.data.Packing;
import dev.hone.tune.data.TokenStore;
import dev.hone.tune.data.TokenStoreWriter;
import dev.hone.tune.run.TuneListener;
import dev.hone.tune.train.Engine;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One `hone eval`: the gate, then one pass over all rows.
public final class EvalRun {
  private static final Packing PACKING = new Packing(512, true);
  static final String KEY = "0".repeat(64);

  private EvalRun() {}

  /// @throws dev.hone.model.UsageException when the model or the data cannot be used
  /// @throws IOException when a file cannot be read
  public static EvalResult run(EvalRequest request, TuneListener listener) throws IOException {
    listener.phase("opening the model");
    try (var model = request.open()) {
      var tokens = Files.createTempFile("hone-eval", ".tokens");
      try {
        return score(request, model, tokens, listener);
      } finally {
        Files.deleteIfExists(tokens);
      }
    }
  }

  private static EvalResult score(
      EvalRequest request, LanguageModel model, Path tokens, TuneListener listener)
      throws IOException {
    int maxLength = request.maxLength().orElse(model.config().maxPositionEmbeddings());
    listener.phase("checking the data");
    try (var writer = new TokenStoreWriter(tokens, KEY)) {
      var gate = new DataGate(model.renderer(), maxLength, request.scoresPrompts());
      var report = gate.checkHeldOut(request.data(), writer);
      listener.checked(report);
      report.refuseErrors();
      writer.commit();
    }
    listener.phase("scoring");
    try (var store = TokenStore.open(tokens)) {
      return score(request, model, store);
    }
  }

  private static EvalResult score(EvalRequest request, LanguageModel model, TokenStore store) {
    try (var arena = Arena.ofShared();
        var workers = new Workers(request.threads())) {
      var engine = engine(model, store, PACKING, new ArenaAllocator(arena), workers);
      long started = System.nanoTime();
      var evaluation = engine.evaluate(model.decoder(), store, PACKING);
      double seconds = (System.nanoTime() - started) / 1e9;
      return new EvalResult(evaluation, store.size(), store.totalTokens(), seconds);
    }
  }

  /// One that scores a store.
  static Engine engine(
      LanguageModel model, TokenStore store, Packing packing, Allocator memory, Workers workers) {
    return Engine.allocate(
        memory,
        model.config(),
        model.weights().dtype(),
        model.adapterShape(),
        List.of(),
        Workspace.Mode.INFERENCE,
        0f,
        Engine.Size.ofScoring(List.of(store), packing),
        workers);
  }
}
