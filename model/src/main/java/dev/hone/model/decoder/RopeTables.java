package dev.hone.model.decoder;

import dev.hone.model.checkpoint.BlockForm.Rotation;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.checkpoint.RopeScaling;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Elementwise;
import dev.hone.tensor.Rope;
import dev.hone.tensor.Tensor;
import java.util.EnumMap;
import java.util.Map;

/// Cosines and sines of every position up to the longest sequence, for each way in which the
/// model's layers rotate.
final class RopeTables {
  private final int headDim;
  private final Map<Rotation, Table> tables = new EnumMap<>(Rotation.class);

  /// @param cos `(positions, D' / 2)` of the D' elements of a head that are rotated
  private record Table(Tensor cos, Tensor sin) {}

  private RopeTables(int headDim) {
    this.headDim = headDim;
  }

  /// Room for the tables.
  static RopeTables allocate(Allocator memory, ModelConfig config, int positions) {
    var tables = new RopeTables(config.headDim());
    int half = config.form().rotaryDim() / 2;
    for (var layer : config.form().layers()) {
      if (layer.rotation() != Rotation.NONE) {
        tables.tables.computeIfAbsent(
            layer.rotation(),
            any ->
                new Table(
                    memory.f32("rotary tables", positions, half),
                    memory.f32("rotary tables", positions, half)));
      }
    }
    return tables;
  }

  static RopeTables of(Allocator memory, ModelConfig config, int positions) {
    var tables = allocate(memory, config, positions);
    tables.tables.forEach((rotation, table) -> {
      Rope.tables(inverseFrequencies(config, rotation), table.cos, table.sin);
      float factor = (float) scaling(config, rotation).attentionFactor();
      Elementwise.scale(table.cos, positions, factor);
      Elementwise.scale(table.sin, positions, factor);
    });
    return tables;
  }

  /// Rotates every head of row `t` to position `positions[t]`, in place; nothing in a layer that
  /// isn't rotated.
  void rotate(Rotation rotation, Tensor x, int[] positions, int n) {
    if (rotation != Rotation.NONE) {
      var table = tables.get(rotation);
      Rope.forward(x, positions, n, headDim, table.cos, table.sin);
    }
  }

  /// Turns gradients back, in place.
  void rotateBack(Rotation rotation, Tensor dx, int[] positions, int n) {
    if (rotation != Rotation.NONE) {
      var table = tables.get(rotation);
      Rope.backward(dx, positions, n, headDim, table.cos, table.sin);
    }
  }

  /// `θ^(−2i/D')`, scaled as the config says. Rounded to float32 at the steps where Transformers
  /// rounds: at position 500 one unit in the last place of a frequency would already show in the
  /// logits.
  static double[] inverseFrequencies(ModelConfig config, Rotation rotation) {
    double theta = rotation == Rotation.LOCAL ? config.form().localRopeTheta() : config.ropeTheta();
    var scaling = scaling(config, rotation);
    int dim = config.form().rotaryDim();
    var frequencies = new double[dim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      float power = (float) Math.pow(theta, 2f * i / dim);
      frequencies[i] =
          (float)
              switch (scaling) {
                case RopeScaling.None() -> 1f / power;
                case RopeScaling.Linear(var factor) -> 1f / power / factor;
                case RopeScaling.Llama3 llama3 -> llama3.scaled(1f / power);
                case RopeScaling.LongRope longRope ->
                    1f / (longRope.factors().get(i).floatValue() * power);
                case RopeScaling.Yarn yarn -> yarnScaled(power, i, dim, theta, yarn);
              };
    }
    return frequencies;
  }

  private static RopeScaling scaling(ModelConfig config, Rotation rotation) {
    return rotation == Rotation.LOCAL ? new RopeScaling.None() : config.ropeScaling();
  }

  private static float yarnScaled(
      float power, int i, int dim, double theta, RopeScaling.Yarn yarn) {
    double low = turning(yarn.betaFast(), dim, theta, yarn);
    double high = turning(yarn.betaSlow(), dim, theta, yarn);
    if (yarn.isTruncated()) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, dim - 1);
    if (low == high) {
      high += 0.001;
    }
    float kept = 1f - Math.clamp((float) ((i - low) / (high - low)), 0f, 1f);
    float stretched = 1f / ((float) yarn.factor() * power);
    return stretched * (1f - kept) + 1f / power * kept;
  }

  /// Which frequency turns so many times in the original context.
  private static double turning(double times, int dim, double theta, RopeScaling.Yarn yarn) {
    double context = yarn.originalMaxPositionEmbeddings();
    return dim * Math.log(context / (times * 2 * Math.PI)) / (2 * Math.log(theta));
  }
}
