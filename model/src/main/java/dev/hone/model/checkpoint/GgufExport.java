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
    var keys = GgufKeys.of(model, format, PhiTokens.named(name, model));
    keys.putAll(GgufVocabulary.of(model));
    GgufWriter.write(out, keys, export.entries());
  }

  /// Refuses what [#write] would refuse, and writes nothing.
  public static void check(Checkpoint model) throws CheckpointException {
    GgufKeys.of(model, GgufFormat.F32, "");
    GgufVocabulary.of(model);
  }

  /// What other programs will do a little otherwise, as far as is known.
  public static List<String> differences(Checkpoint model) throws CheckpointException {
    var json = JsonFile.read(model.dir().resolve("tokenizer.json")).node();
    var differences = new ArrayList<String>();
    if (GgufPreTokenizer.isOldSpelling(json)) {
      differences.add("contractions in mixed case, such as 'Ll, are cut otherwise there");
    }
    if (PhiTokens.areCutOtherwise(json)) {
      differences.add("white space behind some added tokens is treated otherwise there");
    }
    int window = model.config().form().layer(0).window();
    if (GgufKeys.architecture(model).equals("phi3")
        && window > 0
        && window < model.config().maxPositionEmbeddings()) {
      differences.add(
          "llama.cpp attends to all tokens, this model to the last %,d".formatted(window));
    }
    return differences;
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
    return GgufNames.wholes(model.config()).entrySet().stream()
        .filter(t -> t.getKey().startsWith("model.layers.") && t.getValue().size() == 2)
        .filter(t -> !format.storage(t.getKey(), t.getValue()).name().equals(format.name()))
        .count();
  }

  private List<GgufWriter.Entry> entries() throws CheckpointException {
    var entries = new ArrayList<GgufWriter.Entry>();
    GgufNames.wholes(model.config()).forEach((name, shape) -> entries.add(entry(name, shape)));
    if (model.config().ropeScaling() instanceof RopeScaling.Llama3 scaling) {
      entries.add(factors(GgufConfig.ROPE_FACTORS, llama3Factors(scaling)));
    }
    if (model.config().ropeScaling() instanceof RopeScaling.LongRope scaling) {
      var factors = floats(scaling.factors());
      if (GgufKeys.architecture(model).equals("phi3")) {
        entries.add(factors(GgufConfig.SHORT_FACTORS, factors));
        entries.add(factors(GgufConfig.LONG_FACTORS, floats(LongContext.of(model).factors())));
      } else {
        entries.add(factors(GgufConfig.ROPE_FACTORS, factors));
      }
    }
    return entries;
  }

  private static float[] floats(List<Double> values) {
    var floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) floats[i] = values.get(i).floatValue();
    return floats;
  }

  private static GgufWriter.Entry factors(String name, float[] factors) {
    return new GgufWriter.Entry(
        name,
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

  /// A row of a whole is one of a part.
  private void readWhole(List<String> parts, long r, MemorySegment row) throws CheckpointException {
    long left = r;
    for (var part : parts) {
      long rows = model.tensor(part).orElseThrow().shape().getFirst();
      if (left < rows) {
        model.readF32(part, left * row.byteSize() / Float.BYTES, row);
        return;
      }
      left -= rows;
    }
  }

  private void read(String name, boolean isVector, long r, MemorySegment row)
      throws CheckpointException {
    var parts = FusedLayer.partsOf(name);
    if (!parts.isEmpty()) {
      readWhole(parts, r, row);
      return;
    }
    int paired = architecture.pairedRows(name, model.config());
    long cols = row.byteSize() / Float.BYTES;
    if (paired > 0 && isVector) { // a bias is a column: its elements are rows
      for (long i = 0; i < cols; i++) {
        long from = BlockMatrix.rowStoredAt(i, paired);
        model.readF32(name, from, row.asSlice(i * Float.BYTES, Float.BYTES));
      }
    } else {
      long from = BlockMatrix.rowStoredAt(r, paired);
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
