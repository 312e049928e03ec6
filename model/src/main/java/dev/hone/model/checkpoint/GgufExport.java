package dev.hone.model.checkpoint;

import dev.hone.tensor.BlockMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
  ///
  /// @param name of the model, for whoever lists it
  public static void write(Checkpoint model, GgufFormat format, String name, Path out)
      throws CheckpointException {
    var export = new GgufExport(model, format);
    var keys = GgufKeys.of(model, format, name);
    keys.putAll(GgufVocabulary.of(model));
    GgufWriter.write(out, keys, export.entries());
  }

  /// Refuses what [#write] would refuse, and writes nothing.
  public static void check(Checkpoint model) throws CheckpointException {
    GgufKeys.of(model, GgufFormat.F32, "");
    GgufVocabulary.of(model);
  }

  /// What other programs will do a little otherwise with the text; empty where nothing is known.
  public static Optional<String> difference(Checkpoint model) throws CheckpointException {
    var json = JsonFile.read(model.dir().resolve("tokenizer.json")).node();
    return GgufPreTokenizer.isOldSpelling(json)
        ? Optional.of("contractions in mixed case, such as 'Ll, are cut otherwise there")
        : Optional.empty();
  }

  /// The name that GGUF files give what the model computes.
  ///
  /// @throws dev.hone.model.UsageException where they have none
  public static String architecture(Checkpoint model) {
    return GgufKeys.architecture(model);
  }

  /// How many matrices of the layers a file of this format has in another type, because their rows
  /// are no whole blocks.
  public static long inOtherTypes(Checkpoint model, GgufFormat format) {
    return Checkpoint.expectedTensors(model.config()).entrySet().stream()
        .filter(t -> t.getKey().startsWith("model.layers.") && t.getValue().size() == 2)
        .filter(t -> !format.storage(t.getKey(), t.getValue()).name().equals(format.name()))
        .count();
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
      double frequency = Math.pow(model.config().ropeTheta(), -2.0 * i / dim);
      factors[i] = (float) (frequency / scaling.scaled(frequency));
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
