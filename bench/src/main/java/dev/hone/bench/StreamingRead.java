package dev.hone.bench;

import dev.hone.model.decoder.BaseWeights;
import dev.hone.tensor.Workers;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/// How fast all threads together can read a model's weights and do nothing with them: the bound of
/// decoding. It is those very weights that are read, since where memory lies decides how fast it
/// is, by more than half on some machines.
final class StreamingRead {
  private static final VectorSpecies<Long> SPECIES = LongVector.SPECIES_PREFERRED;

  /// Bytes that are read at a time; four vectors of any width go into it evenly.
  private static final int CHUNK = 1 << 18;

  private final List<MemorySegment> chunks;
  private final long byteSize;
  private final Workers workers;
  private final long[] bits;

  StreamingRead(BaseWeights weights, List<String> names, Workers workers) {
    this.chunks = new ArrayList<>();
    for (var name : names) {
      weights.matrix(name).ifPresent(matrix -> cut(matrix.data(), chunks));
    }
    this.byteSize = chunks.stream().mapToLong(MemorySegment::byteSize).sum();
    this.workers = workers;
    this.bits = new long[workers.count() * 8];
  }

  /// Whole chunks: what is left over is too little to count.
  private static void cut(MemorySegment memory, List<MemorySegment> chunks) {
    for (long at = 0; at + CHUNK <= memory.byteSize(); at += CHUNK) {
      chunks.add(memory.asSlice(at, CHUNK));
    }
  }

  /// What is read by one thread, from front to back or in four streams.
  private interface Read {
    long of(MemorySegment x);
  }

  /// Reads everything once, as plainly as it goes: each thread a chunk at a time, from front to
  /// back.
  ///
  /// @return bytes per second
  double plain() {
    return run(StreamingRead::inOne);
  }

  /// Reads everything once, a quarter of the chunk in each of four streams: the processor fetches
  /// ahead in all of them, which some do faster than in one.
  ///
  /// @return bytes per second
  double inFourStreams() {
    return run(StreamingRead::inFour);
  }

  private double run(Read read) {
    long started = System.nanoTime();
    workers.share(chunks.size(), 1, (worker, i, to) -> bits[8 * worker] |= read.of(chunks.get(i)));
    double seconds = (System.nanoTime() - started) / 1e9;
    if (bits[0] == 0) {
      throw new IllegalStateException("all weights are zero");
    }
    return byteSize / seconds;
  }

  private static long inOne(MemorySegment x) {
    var a = LongVector.zero(SPECIES);
    var b = a;
    var c = a;
    var d = a;
    int step = SPECIES.vectorByteSize();
    for (int i = 0; i < CHUNK; i += 4 * step) {
      a = a.or(load(x, i));
      b = b.or(load(x, i + step));
      c = c.or(load(x, i + 2 * step));
      d = d.or(load(x, i + 3 * step));
    }
    return a.or(b).or(c.or(d)).lane(0);
  }

  private static long inFour(MemorySegment x) {
    var a = LongVector.zero(SPECIES);
    var b = a;
    var c = a;
    var d = a;
    int quarter = CHUNK / 4;
    for (int i = 0; i < quarter; i += SPECIES.vectorByteSize()) {
      a = a.or(load(x, i));
      b = b.or(load(x, i + quarter));
      c = c.or(load(x, i + 2 * quarter));
      d = d.or(load(x, i + 3 * quarter));
    }
    return a.or(b).or(c.or(d)).lane(0);
  }

  private static LongVector load(MemorySegment x, int i) {
    return LongVector.fromMemorySegment(SPECIES, x, i, ByteOrder.nativeOrder());
  }
}
