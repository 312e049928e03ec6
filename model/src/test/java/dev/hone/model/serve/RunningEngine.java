package dev.hone.model.serve;

import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.generate.TinyModel;
import dev.hone.tensor.Workers;

/// An engine over a tiny model, with workers of its own.
final class RunningEngine implements AutoCloseable {
  private final Workers workers;
  private final Engine engine;

  private RunningEngine(Workers workers, Engine engine) {
    this.workers = workers;
    this.engine = engine;
  }

  static RunningEngine start(TinyModel model, EngineOptions options) {
    var workers = new Workers(2);
    var engine = Engine.start(model.memory(), model.decoder(), model.tokenizer(), options, workers);
    return new RunningEngine(workers, engine);
  }

  Submission submit(Request request) throws CheckpointException {
    return engine.submit(request);
  }

  Ticket accept(Request request) throws CheckpointException {
    return switch (engine.submit(request)) {
      case Submission.Accepted(var ticket) -> ticket;
      case Submission.Full() -> throw new AssertionError("the engine is full");
    };
  }

  Answer answer(Request request) throws CheckpointException {
    return accept(request).result().join();
  }

  AdapterHandle addAdapter(String name, AdapterSource source) throws CheckpointException {
    return engine.addAdapter(name, source);
  }

  void removeAdapter(AdapterHandle adapter) {
    engine.removeAdapter(adapter);
  }

  long adapterBytes() {
    return engine.adapterBytes();
  }

  @Override
  public void close() {
    engine.close();
    workers.close();
  }
}
