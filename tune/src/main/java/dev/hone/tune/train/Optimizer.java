package dev.hone.tune.train;

import dev.hone.model.decoder.Parameter;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.tensor.AdamW;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Elementwise;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Workers;
import java.util.ArrayList;
import java.util.List;

/// AdamW over all trained parameters in one pass, with clipping by the global norm.
public final class Optimizer {
  private final ParameterSet parameters;
  private final ParameterSet firstMoments;
  private final ParameterSet secondMoments;
  private final List<Group> groups;
  private final double fasterRatio;

  /// Neighbouring parameters that are updated alike, from element `from` to `to`.
  ///
  /// @param isDecayed whether weight decay applies
  /// @param isFaster whether the rate is a multiple of the others'
  private record Group(long from, long to, boolean isDecayed, boolean isFaster) {
    boolean isLike(Group other) {
      return isDecayed == other.isDecayed && isFaster == other.isFaster;
    }
  }

  /// One learning rate for all.
  public Optimizer(ParameterSet parameters, ParameterSet firstMoments, ParameterSet secondMoments) {
    this(parameters, firstMoments, secondMoments, 1);
  }

  /// @param fasterRatio what an adapter's up-projections, and all vectors, have their learning rate
  ///   multiplied by. (LoRA+: Hayou et al. 2024, arXiv 2402.12354; which they are is as in PEFT)
  public Optimizer(
      ParameterSet parameters,
      ParameterSet firstMoments,
      ParameterSet secondMoments,
      double fasterRatio) {
    this.parameters = parameters;
    this.firstMoments = firstMoments;
    this.secondMoments = secondMoments;
    this.fasterRatio = fasterRatio;
    this.groups = groups(parameters, fasterRatio);
  }

  private static List<Group> groups(ParameterSet parameters, double fasterRatio) {
    var groups = new ArrayList<Group>();
    long at = 0;
    for (var p : parameters.parameters()) {
      boolean isFaster = p.vector() || p.name().endsWith(".lora_B.weight");
      var next = new Group(at, at + p.size(), !p.vector(), fasterRatio != 1 && isFaster);
      at = next.to;
      if (!groups.isEmpty() && groups.getLast().isLike(next)) {
        var former = groups.removeLast();
        next = new Group(former.from, next.to, next.isDecayed, next.isFaster);
      }
      groups.add(next);
    }
    return List.copyOf(groups);
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
    double scale = clip / tokens;
    double decay = settings.weightDecay();
    double faster = learningRate * fasterRatio;
    var decayed = constants(step, learningRate, decay, scale, settings);
    var plain = constants(step, learningRate, 0, scale, settings);
    var fasterDecayed = constants(step, faster, decay, scale, settings);
    var fasterPlain = constants(step, faster, 0, scale, settings);
    long size = parameters.size();
    crew.run(worker -> {
      long from = size * worker / crew.count();
      long to = size * (worker + 1) / crew.count();
      for (var group : groups) {
        var slow = group.isDecayed ? decayed : plain;
        var fast = group.isDecayed ? fasterDecayed : fasterPlain;
        update(
            gradientSum,
            Math.max(from, group.from),
            Math.min(to, group.to),
            group.isFaster ? fast : slow);
      }
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
