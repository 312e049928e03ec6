package dev.hone.model.chat;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.language.LanguageModel;
import dev.hone.model.serve.AdapterSource;
import dev.hone.model.serve.Engine;
import dev.hone.model.serve.EngineOptions;
import dev.hone.model.serve.Request;
import dev.hone.model.serve.Submission;
import dev.hone.model.serve.Ticket;
import dev.hone.model.text.Tokenizer;
import dev.hone.tensor.Workers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A base model with the adapters that have been asked for, and the engine that answers with them.
/// Of many threads.
public final class ModelHost implements AutoCloseable {
  private final LanguageModel model;
  private final Workers workers;
  private final Engine engine;
  private final EngineOptions options;
  private final Served base;
  private final Map<Path, Served> adapters = new LinkedHashMap<>();

  private ModelHost(String name, LanguageModel model, EngineOptions options, Workers workers) {
    this.model = model;
    this.workers = workers;
    this.options = options;
    this.engine =
        Engine.start(model.memory(), model.baseDecoder(), model.tokenizer(), options, workers);
    this.base = new Served(name, Optional.empty(), model.renderer());
  }

  /// @param name that requests call the base
  /// @param directory of the base
  /// @param mostPositions the longest prompt with its answer, tokens; at most what the model allows
  public static ModelHost open(String name, Path directory, int mostPositions, int threads)
      throws CheckpointException {
    var model = LanguageModel.open(directory, Optional.empty(), Optional.empty(), mostPositions);
    var workers = new Workers(threads);
    try {
      return new ModelHost(name, model, EngineOptions.of(model.maxPositions()), workers);
    } catch (RuntimeException | Error e) {
      workers.close();
      model.close();
      throw e;
    }
  }

  public Served base() {
    return base;
  }

  /// Refuses an adapter's directory that no host can use, whatever its base; reads little.
  ///
  /// @throws UsageException when the adapter brings modules of its own, or is not supported
  public static void requireServable(Path directory) throws CheckpointException {
    AdapterSource.requireShareable(directory);
  }

  /// The adapter of a directory, proven to fit the base when it is asked for first.
  ///
  /// @param name that requests call it
  public synchronized Served adapter(String name, Path directory) throws CheckpointException {
    var known = adapters.get(directory);
    if (known != null) {
      return known;
    }
    requireServable(directory);
    var renderer = model.proveAdapter(directory);
    var handle = engine.addAdapter(name, AdapterSource.of(directory, model.baseDecoder()));
    var served = new Served(name, Optional.of(handle), renderer);
    adapters.put(directory, served);
    return served;
  }

  /// Forgets the adapter of a directory; answers that use it come to their end.
  public synchronized void remove(Path directory) {
    var served = adapters.remove(directory);
    if (served != null) {
      engine.removeAdapter(served.adapter().orElseThrow());
    }
  }

  /// Hands a request to the engine.
  ///
  /// @throws BusyException where there is no room now
  /// @throws UsageException where the engine refuses it
  public Ticket submit(Request request) throws CheckpointException {
    return switch (engine.submit(request)) {
      case Submission.Accepted(var ticket) -> ticket;
      case Submission.Full any -> throw new BusyException();
    };
  }

  public Tokenizer tokenizer() {
    return model.tokenizer();
  }

  /// Tokens that end a turn.
  public Set<Integer> stopIds(Served served) {
    var ids = new TreeSet<>(model.stopIds());
    for (int id : served.renderer().stopIds()) {
      ids.add(id);
    }
    return ids;
  }

  /// The most tokens of a prompt and its answer.
  public int contextLength() {
    return options.contextLength();
  }

  /// Says which base it is: two servers with the same answer the same.
  public String fingerprint() throws CheckpointException {
    return model.checkpoint().fingerprint();
  }

  /// Requests that wait for their turn.
  public int waiting() {
    return engine.waiting();
  }

  @Override
  public void close() {
    engine.close();
    workers.close();
    model.close();
  }
}
