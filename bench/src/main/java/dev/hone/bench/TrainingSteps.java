package dev.hone.bench;

import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.Workspace;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Workers;
import dev.hone.tune.train.Engine;
import dev.hone.tune.train.Optimizer;

/// Steps as `hone tune` takes them: gradient, clipping, AdamW.
final class TrainingSteps implements Steps {
  private final Work work;
  private final Workers workers;
  private final Decoder decoder;
  private final Engine engine;
  private final Optimizer optimizer;

  private TrainingSteps(
      Work work, Workers workers, Decoder decoder, Engine engine, Optimizer optimizer) {
    this.work = work;
    this.workers = workers;
    this.decoder = decoder;
    this.engine = engine;
    this.optimizer = optimizer;
  }

  static TrainingSteps of(
      Subject subject, Work work, Workspace.Mode mode, Allocator memory, Workers workers) {
    var engine =
        Engine.allocate(
            memory,
            subject.config(),
            subject.weights().dtype(),
            subject.shape(),
            subject.parameters(),
            mode,
            work.settings().dropout(),
            work.size(),
            workers);
    var optimizer =
        new Optimizer(
            subject.trained(),
            Optimizer.allocateMoments(memory, subject.parameters()),
            Optimizer.allocateMoments(memory, subject.parameters()));
    var decoder = subject.decoder(memory, work.store().longest());
    return new TrainingSteps(work, workers, decoder, engine, optimizer);
  }

  @Override
  public Outcome step(int step) {
    var settings = work.settings();
    var sum = engine.gradient(decoder, work.store(), work.passes(step), 0);
    double norm =
        optimizer.step(
            sum.gradients().flat(),
            sum.evaluation(),
            step,
            settings.learningRate(),
            settings,
            workers);
    engine.release(sum);
    return new Outcome(sum.evaluation().loss(), norm);
  }
}
