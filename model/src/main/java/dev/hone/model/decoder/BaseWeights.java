package dev.hone.model.decoder;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.BlockMatrix;
import dev.hone.tensor.Matrix;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tensor.NarrowMatrix;
import dev.hone.tensor.RoundedMatrix;
import dev.hone.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// A model's weights in memory, whatever its files have: all in float32, or matrices in fewer bits.
///
/// The embedding and the head count as matrices; a tied head is the embedding.
public final class BaseWeights {
  /// Floats that are read at a time where matrices are rounded: 4 MB.
  private static final int READ_AT_ONCE = 1 << 20;

  private final BaseDtype dtype;
  private final ParameterSet f32;
  private final Map<String, NarrowMatrix> narrow;

  private BaseWeights(BaseDtype dtype, ParameterSet f32, Map<String, NarrowMatrix> narrow) {
    this.dtype = dtype;
    this.f32 = f32;
    this.narrow = narrow;
  }

  /// Every parameter of a model; a tied head is the embedding and not listed.
  public static List<Parameter> parameters(ModelConfig config) {
    return Checkpoint.expectedTensors(config).entrySet().stream()
        .map(BaseWeights::parameter)
        .toList();
  }

  private static Parameter parameter(Map.Entry<String, List<Long>> tensor) {
    var shape = tensor.getValue();
    return shape.size() == 1
        ? Parameter.vector(tensor.getKey(), Math.toIntExact(shape.getFirst()))
        : Parameter.matrix(tensor.getKey(), shape.getFirst(), Math.toIntExact(shape.get(1)));
  }

  /// Weights that are in memory already, in float32.
  public static BaseWeights of(ParameterSet weights) {
    return new BaseWeights(BaseDtype.FLOAT32, weights, Map.of());
  }

  /// Room for a model's weights, all zero; none for matrices that stay where they are stored.
  public static BaseWeights allocate(ModelConfig config, BaseDtype dtype, Allocator memory) {
    var copied =
        parameters(config).stream().filter(p -> p.vector() || dtype != BaseDtype.STORED).toList();
    return of(
        dtype,
        copied,
        p -> p.vector() ? Optional.empty() : dtype.allocate(memory, "weights", p.rows(), p.cols()),
        memory);
  }

  /// @param narrow the matrix that holds a parameter; empty for one in float32
  private static BaseWeights of(
      BaseDtype dtype,
      List<Parameter> parameters,
      Function<Parameter, Optional<? extends NarrowMatrix>> narrow,
      Allocator memory) {
    var matrices = new LinkedHashMap<String, NarrowMatrix>();
    var rest = new ArrayList<Parameter>();
    for (var p : parameters) {
      narrow.apply(p).ifPresentOrElse(m -> matrices.put(p.name(), m), () -> rest.add(p));
    }
    return new BaseWeights(dtype, ParameterSet.allocate(memory, "weights", rest), matrices);
  }

  /// Counts what [#load] takes. Matrices that stay in their file count too: every pass reads them
  /// all, so they come to lie in memory.
  public static void plan(Checkpoint checkpoint, BaseDtype dtype, MemoryPlan plan) {
    if (dtype != BaseDtype.STORED) {
      allocate(checkpoint.config(), dtype, plan);
      return;
    }
    long mapped = stored(checkpoint, plan).storedBytes();
    plan.f32("weights in their file", Math.ceilDiv(mapped, Float.BYTES), 1);
  }

  /// Reads a checkpoint. Matrices that are kept in fewer bits are rounded block by block: their
  /// float32 form never exists as a whole. Those that stay as their file has them live as long as
  /// its mapping.
  public static BaseWeights load(Checkpoint checkpoint, BaseDtype dtype, Allocator memory)
      throws CheckpointException {
    var weights =
        dtype == BaseDtype.STORED
            ? stored(checkpoint, memory)
            : allocate(checkpoint.config(), dtype, memory);
    for (var p : weights.f32.parameters()) {
      checkpoint.readF32(p.name(), weights.f32.get(p.name()).data());
      checkpoint.unload(p.name());
    }
    for (var matrix : weights.narrow.entrySet()) {
      if (matrix.getValue() instanceof RoundedMatrix rounded) {
        read(checkpoint, matrix.getKey(), rounded);
        checkpoint.unload(matrix.getKey());
      }
    }
    return weights;
  }

  private static BaseWeights stored(Checkpoint checkpoint, Allocator memory) {
    if (!checkpoint.isQuantized()) {
      throw new UsageException(
          checkpoint.dir() + ": holds no quantised matrices that could be kept as they are stored",
          "choose another --base-dtype, or leave it out");
    }
    return of(
        BaseDtype.STORED,
        parameters(checkpoint.config()),
        p -> checkpoint.blocks(p.name()),
        memory);
  }

  private static void read(Checkpoint checkpoint, String name, RoundedMatrix into)
      throws CheckpointException {
    int most = (int) Math.clamp(READ_AT_ONCE / into.cols(), 1, into.rows());
    try (var arena = Arena.ofConfined()) {
      var block = new ArenaAllocator(arena).f32("block", most, into.cols());
      for (long row = 0; row < into.rows(); row += most) {
        var rows = block.rows(0, Math.min(most, into.rows() - row));
        checkpoint.readF32(name, row * into.cols(), rows.data());
        into.put(rows, row);
      }
    }
  }

  /// Bytes of the matrices that stay in their file.
  public long storedBytes() {
    return narrow.values().stream()
        .mapToLong(matrix -> matrix instanceof BlockMatrix blocks ? blocks.byteSize() : 0)
        .sum();
  }

  public BaseDtype dtype() {
    return dtype;
  }

  /// All weights, to be trained or changed.
  ///
  /// @throws IllegalStateException when matrices are kept in fewer bits
  public ParameterSet float32() {
    if (dtype.isNarrow()) {
      throw new IllegalStateException("the weights are kept in " + dtype.label());
    }
    return f32;
  }

  /// A matrix by its checkpoint name.
  public Optional<Matrix> matrix(String name) {
    Optional<Matrix> found = Optional.ofNullable(narrow.get(name));
    return found.isPresent() ? found : f32.find(name).map(Matrix.class::cast);
  }

  /// A norm or bias by its checkpoint name.
  Optional<Tensor> vector(String name) {
    return f32.find(name);
  }
}
