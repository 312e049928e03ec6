package dev.hone.tune.train;

import dev.hone.model.decoder.Parameter;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.tensor.AdamW;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Elementwise;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Workers;
import java.util.List;

/// AdamW over all trained parameters in one pass, with clipping by the global norm.
public final class Optimizer {
  private final ParameterSet parameters;
  private final ParameterSet firstMoments;
  private final ParameterSet secondMoments;
  private final long matrixSize;

  public Optimizer(ParameterSet parameters, ParameterSet firstMoments, ParameterSet secondMoments) {
    this.parameters = parameters;
    this.firstMoments = firstMoments;
    this.secondMoments = secondMoments;
    this.matrixSize = parameters.matrixSize();
  }

  public static ParameterSet allocateMoments(Allocator memory, List<Parameter> parameters) {
    return ParameterSet.allocate(memory, "optimiser", parameters);
  }

  ParameterSet parameters() {
    return parameters;
  }

  ParameterSet firstMoments() {
    return firstMoments;
  }

  ParameterSet secondMoments() {
    return secondMoments;
  }

  /// Takes one step and returns the gradient's norm before clipping.
  ///
  /// @param gradientSum gradient of the summed loss
  /// @param batch what the sum is of
  /// @param step from 0
  public double step(
      Tensor gradientSum,
      Evaluation batch,
      long step,
      double learningRate,
      TrainingSettings settings,
      Workers crew) {
    long tokens = batch.tokens();
    double norm = Math.sqrt(Elementwise.sumOfSquares(gradientSum)) / tokens;
    if (!Double.isFinite(batch.loss()) || !Double.isFinite(norm)) {
      throw new DivergedException(step + 1, batch.loss(), norm);
    }
    double clip = settings.clipNorm() > 0 ? Math.min(1, settings.clipNorm() / (norm + 1e-6)) : 1;
    var decayed = constants(step, learningRate, settings.weightDecay(), clip / tokens, settings);
    var plain = constants(step, learningRate, 0, clip / tokens, settings);
    long size = parameters.size();
    crew.run(worker -> {
      long from = size * worker / crew.count();
      long to = size * (worker + 1) / crew.count();
      update(gradientSum, from, Math.min(to, matrixSize), decayed);
      update(gradientSum, Math.max(from, matrixSize), to, plain);
    });
    return norm;
  }

  private static AdamW.Step constants(
      long step, double learningRate, double weightDecay, double gradScale, TrainingSettings s) {
    return AdamW.Step.of(
        step + 1, learningRate, weightDecay, s.beta1(), s.beta2(), s.epsilon(), gradScale);
  }

  private void update(Tensor gradient, long from, long to, AdamW.Step constants) {
    if (from < to) {
      AdamW.update(
          parameters.flat(),
          gradient,
          firstMoments.flat(),
          secondMoments.flat(),
          from,
          to,
          constants);
    }
  }
}
