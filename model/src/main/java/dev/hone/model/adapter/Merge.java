package dev.hone.model.adapter;

import dev.hone.model.checkpoint.AtomicDirectory;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.CheckpointWriter;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.SafetensorsWriter.Entry;
import dev.hone.model.checkpoint.TensorInfo;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.Decoder;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.Elementwise;
import dev.hone.tensor.Linear;
import dev.hone.tensor.NarrowMatrix;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.TokenRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Adds an adapter to its base for good: `W + scale · B·A` for every adapted module, as a plain
/// Hugging Face directory that needs no adapter any more.
///
/// What was written is opened again and must give the logits of base and adapter; else nothing is
/// left behind. One tensor is in memory at a time, and after that the merged model once, for the
/// comparison.
public final class Merge {
  private final Checkpoint base;
  private final BaseWeights weights;
  private final PeftAdapter adapter;
  private final Optional<Dtype> dtype;

  private Merge(Checkpoint base, BaseWeights weights, PeftAdapter adapter, Optional<Dtype> dtype) {
    this.base = base;
    this.weights = weights;
    this.adapter = adapter;
    this.dtype = dtype;
  }

  /// How well a merged model gives what base and adapter gave.
  ///
  /// @param dtype what its adapted weights are stored in
  /// @param error largest difference of a logit over the proof's prompts, relative to the largest
  ///   logit
  /// @param tolerance how large `error` may be
  /// @param effect how much the adapter changes the base's logits, on the same scale: an `error`
  ///   near it means that rounding has swallowed what was learned
  public record Report(Dtype dtype, double error, double tolerance, double effect) {}

  /// Writes the directory `out`.
  ///
  /// @param weights of the base, as the adapter was trained on them
  /// @param proof of the adapter, replayed already
  /// @param provenance of the merged model
  /// @param dtype of all weights; empty for the one that each has in the base
  /// @param overwrite whether a checkpoint that stands at `out` already may be replaced; anything
  ///   else never is
  /// @throws CheckpointException when writing fails, or the merged model gives other logits
  /// @throws dev.hone.model.UsageException when something else stands at `out`
  public static Report write(
      Checkpoint base,
      BaseWeights weights,
      PeftAdapter adapter,
      Proof proof,
      Provenance provenance,
      Optional<Dtype> dtype,
      Path out,
      boolean overwrite)
      throws CheckpointException {
    var merge = new Merge(base, weights, adapter, dtype);
    var reports = new ArrayList<Report>();
    AtomicDirectory.write(
        out,
        dir -> overwrite && Files.exists(dir.resolve("config.json")),
        dir -> {
          merge.writeModel(dir);
          reports.add(merge.verify(dir, out, proof));
          provenance.write(dir);
        });
    return reports.getFirst();
  }

  private void writeModel(Path dir) throws CheckpointException {
    try (var arena = Arena.ofConfined()) {
      var scratch = arena.allocate(largest() * Float.BYTES, 64);
      CheckpointWriter.write(dir, base.dir(), entries(scratch), false);
    }
  }

  private List<TensorInfo> tensors() {
    return Checkpoint.expectedTensors(base.config()).keySet().stream()
        .map(name -> base.tensor(name).orElseThrow().named(name)) // tied ones have another
        .toList();
  }

  private long largest() {
    return tensors().stream().mapToLong(TensorInfo::elements).max().orElse(0);
  }

  private List<Entry> entries(MemorySegment scratch) {
    return tensors().stream().map(info -> entry(info, scratch)).toList();
  }

  private Entry entry(TensorInfo info, MemorySegment scratch) {
    var name = info.name();
    var module = name.substring(0, Math.max(0, name.length() - ".weight".length()));
    var written = dtype.orElse(info.dtype());
    if (adapter.shape().rank(module) > 0) {
      return Entry.ofF32(name, written, info.shape(), () -> merged(info, module, scratch));
    }
    var own = adapter.parameters().find(name);
    if (own.isPresent()) {
      return Entry.ofF32(name, written, info.shape(), () -> own.get().data());
    }
    var rows = adapter.shape().tokenRows(module, adapter.parameters());
    if (rows.count() > 0) {
      return Entry.ofF32(name, written, info.shape(), () -> replaced(info, rows, scratch));
    }
    return written == info.dtype() && base.isPlain(name) && !isNarrow(info)
        ? Entry.ofRaw(name, written, info.shape(), () -> base.raw(name))
        : Entry.ofF32(name, written, info.shape(), () -> read(info, scratch));
  }

  private boolean isNarrow(TensorInfo info) {
    return weights.matrix(info.name()).orElse(null) instanceof NarrowMatrix;
  }

  /// As the adapter was trained on it: what was rounded for it stays rounded.
  private MemorySegment read(TensorInfo info, MemorySegment scratch) throws CheckpointException {
    var data = scratch.asSlice(0, info.elements() * Float.BYTES);
    if (weights.matrix(info.name()).orElse(null) instanceof NarrowMatrix narrow) {
      int rows = Math.toIntExact(narrow.rows());
      narrow.widen(0, rows, Tensor.of(data, rows, narrow.cols()));
    } else {
      base.readF32(info.name(), data);
    }
    return data;
  }

  private MemorySegment replaced(TensorInfo info, TokenRows rows, MemorySegment scratch)
      throws CheckpointException {
    var data = read(info, scratch);
    rows.putInto(Tensor.of(data, info.shape().getFirst(), Math.toIntExact(info.shape().get(1))));
    return data;
  }

  /// `W + scale · B·A`, its rows of their learned lengths where the adapter has those
  private MemorySegment merged(TensorInfo info, String module, MemorySegment scratch)
      throws CheckpointException {
    var data = read(info, scratch);
    var weight = Tensor.of(data, info.shape().getFirst(), Math.toIntExact(info.shape().get(1)));
    var a = adapter.parameters().get(module + ".lora_A.weight");
    var b = adapter.parameters().get(module + ".lora_B.weight");
    int out = Math.toIntExact(b.rows());
    Linear.backward(b, out, a, adapter.shape().scale(module), 1f, weight);
    adapter
        .parameters()
        .find(module + AdapterShape.MAGNITUDE)
        .ifPresent(magnitude -> stretch(weight, magnitude));
    return data;
  }

  /// Gives every row its learned length.
  private static void stretch(Tensor weight, Tensor magnitude) {
    for (int o = 0; o < magnitude.cols(); o++) {
      var row = weight.rows(o, o + 1);
      double length = Math.sqrt(Elementwise.sumOfSquares(row));
      Elementwise.scale(row, 1, length == 0 ? 0 : (float) (magnitude.get(0, o) / length));
    }
  }

  private Report verify(Path dir, Path out, Proof expected) throws CheckpointException {
    try (var arena = Arena.ofShared()) {
      var memory = new ArenaAllocator(arena);
      var merged = Checkpoint.open(dir, arena);
      var config = merged.config();
      int positions = Math.min(Proof.MAX_TOKENS, config.maxPositionEmbeddings());
      var decoder =
          Decoder.of(
              config, BaseWeights.load(merged, BaseDtype.FLOAT32, memory), memory, positions);
      var actual = expected.withLogitsOf(decoder);
      var report = compare(expected, actual);
      if (!(report.error <= report.tolerance)) {
        throw new CheckpointException(
            out,
            "the merged model's logits differ from those of base and adapter by %.2g"
                    .formatted(report.error)
                + " relative, allowed are %.0e; nothing was left behind"
                    .formatted(report.tolerance));
      }
      actual.write(dir);
      return report;
    }
  }

  private Report compare(Proof expected, Proof actual) {
    double error = 0;
    double effect = 0;
    for (int i = 0; i < expected.prompts().size(); i++) {
      var was = expected.prompts().get(i);
      error =
          Math.max(error, LastLogits.relativeError(was.logits(), actual.prompts().get(i).logits()));
      effect = Math.max(effect, LastLogits.relativeError(was.logits(), was.logitsBase()));
    }
    var narrowest = narrowest();
    return new Report(narrowest, error, tolerance(narrowest), effect);
  }

  private Dtype narrowest() {
    var adapted = tensors().stream().map(info -> dtype.orElse(info.dtype())).distinct().toList();
    return List.of(Dtype.BF16, Dtype.F16, Dtype.F32).stream()
        .filter(adapted::contains)
        .findFirst()
        .orElseThrow();
  }

  /// In f32 one rounding per weight and product, which adds up over the layers. In 16 bits each
  /// weight is off by up to 2⁻⁹ (BF16) or 2⁻¹² (F16) of itself, which a deep or badly conditioned
  /// model multiplies: these limits only catch a merge gone wrong, how much rounding costs stands
  /// in the report.
  private double tolerance(Dtype narrowest) {
    return switch (narrowest) {
      case BF16 -> 0.25;
      case F16 -> 0.05;
      default -> 1e-5 * Math.max(1, base.config().numLayers() / 4.0);
    };
  }
}
