package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.SafetensorsWriter.Entry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import tools.jackson.databind.node.ObjectNode;

/// Gives a model rows for new ids, in the embedding and in a head of its own: each is the mean of
/// the rows of other ids, summed in double and rounded once to the tensor's type. Every other byte
/// of the weights is as it was.
public final class NewRows {
  private final Checkpoint base;
  private final SortedMap<Integer, List<Integer>> sources;

  private NewRows(Checkpoint base, SortedMap<Integer, List<Integer>> sources) {
    this.base = base;
    this.sources = sources;
  }

  /// Writes the model into the directory `out`; `vocab_size` in its `config.json` grows where the
  /// new ids lie beyond it.
  ///
  /// @param base no GGUF file
  /// @param sources by new id, the ids of which it gets the mean
  /// @param out a new or empty directory
  public static void write(Checkpoint base, SortedMap<Integer, List<Integer>> sources, Path out)
      throws CheckpointException {
    var rows = new NewRows(base, sources);
    CheckpointWriter.write(out, base.dir(), rows.entries(), false);
    if (rows.vocabSize() > base.config().vocabSize()) {
      var config = (ObjectNode) JsonFile.read(out.resolve("config.json")).node();
      JsonFile.write(out.resolve("config.json"), config.put("vocab_size", rows.vocabSize()));
    }
  }

  private int vocabSize() {
    return Math.max(base.config().vocabSize(), sources.lastKey() + 1);
  }

  private List<Entry> entries() {
    var entries = new ArrayList<Entry>();
    for (var name : Checkpoint.expectedTensors(base.config()).keySet()) {
      var info = base.tensor(name).orElseThrow().named(name); // a tied one has another
      boolean hasRowPerId =
          name.equals(DecoderTensorNames.EMBEDDING) || name.equals(DecoderTensorNames.HEAD);
      entries.add(
          hasRowPerId
              ? grown(info)
              : Entry.ofRaw(name, info.dtype(), info.shape(), () -> base.raw(name)));
    }
    return entries;
  }

  private Entry grown(TensorInfo info) {
    var shape = List.of((long) vocabSize(), info.shape().get(1));
    return Entry.ofRaw(info.name(), info.dtype(), shape, () -> rows(info));
  }

  private MemorySegment rows(TensorInfo info) throws CheckpointException {
    var old = base.raw(info.name());
    long rowBytes = old.byteSize() / info.shape().getFirst();
    var all = Arena.ofAuto().allocate(vocabSize() * rowBytes, 64);
    MemorySegment.copy(old, 0, all, 0, old.byteSize());
    for (var row : sources.entrySet()) {
      var mean = mean(info, row.getValue());
      FloatCodec.encode(
          mean,
          mean.length,
          info.dtype(),
          new short[mean.length],
          all.asSlice(row.getKey() * rowBytes, rowBytes));
    }
    return all;
  }

  private float[] mean(TensorInfo info, List<Integer> ids) throws CheckpointException {
    int cols = Math.toIntExact(info.shape().get(1));
    var sums = new double[cols];
    var row = new float[cols];
    try (var arena = Arena.ofConfined()) {
      var read = arena.allocate((long) cols * Float.BYTES, Float.BYTES);
      for (int id : ids) {
        base.readF32(info.name(), (long) id * cols, read);
        MemorySegment.copy(read, ValueLayout.JAVA_FLOAT, 0, row, 0, cols);
        for (int i = 0; i < cols; i++) sums[i] += row[i];
      }
    }
    for (int i = 0; i < cols; i++) row[i] = (float) (sums[i] / ids.size());
    return row;
  }
}
