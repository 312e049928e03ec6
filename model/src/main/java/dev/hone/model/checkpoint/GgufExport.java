package dev.hone.model.checkpoint;

import dev.hone.tensor.BlockMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes a model as one GGUF file, tokenizer and chat template included: what llama.cpp, Ollama
/// and their kin run.
public final class GgufExport {
  private static final String ROPE_FACTORS = "rope_freqs.weight";

  private final Checkpoint model;
  private final GgufFormat format;
  private final GgufConfig.Architecture architecture;

  private GgufExport(Checkpoint model, GgufFormat format) {
    this.model = model;
    this.format = format;
    this.architecture = GgufConfig.named(GgufKeys.architecture(model));
  }

  /// Writes the file `out`. A tensor at a time is in memory.
  ///
  /// @throws dev.hone.model.UsageException for a model or a tokenizer that the format has no words
  ///   for
  public static void write(Checkpoint model, GgufFormat format, Path out)
      throws CheckpointException {
    var export = new GgufExport(model, format);
    var keys = GgufKeys.of(model, format);
    keys.putAll(GgufVocabulary.of(model));
    GgufWriter.write(out, keys, export.entries());
  }

  private List<GgufWriter.Entry> entries() throws CheckpointException {
    var entries = new ArrayList<GgufWriter.Entry>();
    Checkpoint.expectedTensors(model.config())
        .forEach((name, shape) -> entries.add(entry(name, shape)));
    if (model.config().ropeScaling() instanceof RopeScaling.Llama3 scaling) {
      entries.add(factors(llama3Factors(scaling)));
    }
    if (model.config().ropeScaling() instanceof RopeScaling.LongRope scaling) {
      var factors = new float[scaling.factors().size()];
      for (int i = 0; i < factors.length; i++) factors[i] = scaling.factors().get(i).floatValue();
      entries.add(factors(factors));
    }
    return entries;
  }

  private static GgufWriter.Entry factors(float[] factors) {
    return new GgufWriter.Entry(
        ROPE_FACTORS,
        List.of((long) factors.length),
        new GgufWriter.Storage.Plain(Dtype.F32),
        (r, row) -> row.copyFrom(MemorySegment.ofArray(factors)));
  }

  /// What llama.cpp's converter makes of the scaling: a divisor for each frequency.
  private float[] llama3Factors(RopeScaling.Llama3 scaling) {
    int dim = model.config().form().rotaryDim();
    var factors = new float[dim / 2];
    for (int i = 0; i < factors.length; i++) {
      double wavelength = 2 * Math.PI * Math.pow(model.config().ropeTheta(), 2.0 * i / dim);
      factors[i] = (float) scaling.divisor(wavelength);
    }
    return factors;
  }

  private GgufWriter.Entry entry(String name, List<Long> shape) {
    return new GgufWriter.Entry(
        GgufNames.stored(model.config(), name),
        shape,
        format.storage(name, shape),
        (r, row) -> read(name, shape.size() == 1, r, row));
  }

  private void read(String name, boolean isVector, long r, MemorySegment row)
      throws CheckpointException {
    int paired = architecture.pairedRows(name, model.config());
    long cols = row.byteSize() / Float.BYTES;
    if (paired > 0 && isVector) { // a bias is a column: its elements are rows
      for (long i = 0; i < cols; i++) {
        long from = BlockMatrix.rowStoredAt(i, paired);
        model.readF32(name, from, row.asSlice(i * Float.BYTES, Float.BYTES));
      }
    } else {
      long from = paired > 0 ? BlockMatrix.rowStoredAt(r, paired) : r;
      model.readF32(name, from * cols, row);
    }
    if (architecture.addsOne() && name.endsWith("norm.weight")) {
      for (long i = 0; i < cols; i++) {
        float weight = row.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        row.setAtIndex(ValueLayout.JAVA_FLOAT, i, weight + 1);
      }
    }
  }
}
