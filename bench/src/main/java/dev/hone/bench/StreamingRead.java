package dev.hone.bench;

import dev.hone.tensor.Allocator;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Workers;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// How fast all threads together can read memory that no cache holds: the bound of decoding.
final class StreamingRead {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /// Floats that are read at a time; four vectors of any width go into it evenly.
  private static final int CHUNK = 1 << 16;

  private final Tensor buffer;
  private final Workers workers;
  private final float[] sums;

  /// @param byteSize how much is read, rounded up
  StreamingRead(Allocator memory, long byteSize, Workers workers) {
    this.buffer = memory.f32("streamed", Math.ceilDiv(byteSize, 4L * CHUNK), CHUNK);
    this.workers = workers;
    this.sums = new float[workers.count() * 16];
    buffer.data().fill((byte) 0);
  }

  /// What is read by one thread, from front to back or in four streams.
  private interface Sum {
    float of(MemorySegment x, long at);
  }

  /// Reads everything once, as plainly as it goes: each thread a chunk at a time, from front to
  /// back.
  ///
  /// @return bytes per second
  double plain() {
    return run(StreamingRead::plainSum);
  }

  /// Reads everything once, a quarter of the chunk in each of four streams: the processor fetches
  /// ahead in all of them, which some do faster than in one.
  ///
  /// @return bytes per second
  double inFourStreams() {
    return run(StreamingRead::fourSums);
  }

  private double run(Sum sum) {
    long started = System.nanoTime();
    workers.share(
        Math.toIntExact(buffer.rows()),
        1,
        (worker, row, to) -> sums[16 * worker] += sum.of(buffer.data(), 4L * CHUNK * row));
    double seconds = (System.nanoTime() - started) / 1e9;
    if (sums[0] != 0) {
      throw new IllegalStateException("zeros add up to " + sums[0]);
    }
    return buffer.byteSize() / seconds;
  }

  private static float plainSum(MemorySegment x, long at) {
    var a = FloatVector.zero(SPECIES);
    var b = a;
    var c = a;
    var d = a;
    int lanes = SPECIES.length();
    for (int i = 0; i < CHUNK; i += 4 * lanes) {
      a = a.add(load(x, at, i));
      b = b.add(load(x, at, i + lanes));
      c = c.add(load(x, at, i + 2 * lanes));
      d = d.add(load(x, at, i + 3 * lanes));
    }
    return a.add(b).add(c.add(d)).lane(0);
  }

  private static float fourSums(MemorySegment x, long at) {
    var a = FloatVector.zero(SPECIES);
    var b = a;
    var c = a;
    var d = a;
    int quarter = CHUNK / 4;
    for (int i = 0; i < quarter; i += SPECIES.length()) {
      a = a.add(load(x, at, i));
      b = b.add(load(x, at, i + quarter));
      c = c.add(load(x, at, i + 2 * quarter));
      d = d.add(load(x, at, i + 3 * quarter));
    }
    return a.add(b).add(c.add(d)).lane(0);
  }

  private static FloatVector load(MemorySegment x, long at, int i) {
    return FloatVector.fromMemorySegment(SPECIES, x, at + 4L * i, ByteOrder.nativeOrder());
  }
}
