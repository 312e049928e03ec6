package dev.hone.tensor;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;

/// How fast this machine multiplies matrices: what a run's products are compared with.
public final class ProductRate {
  private static final int ROWS = 512;
  private static final int WIDTH = 768;

  private ProductRate() {}

  /// Floating-point operations a second of each of so many threads, all of them at work on products
  /// of `(512, 768)` by `(768, 768)`, the kind and size that training is made of.
  public static double measure(int threads, Duration time) {
    try (var arena = Arena.ofShared();
        var workers = new Workers(threads)) {
      var memory = new ArenaAllocator(arena);
      var w = memory.f32("rate", WIDTH, WIDTH);
      var operands =
          IntStream.range(0, threads)
              .mapToObj(
                  i -> new Operands(memory.f32("x", ROWS, WIDTH), memory.f32("y", ROWS, WIDTH)))
              .toList();
      var counts = new long[threads];
      operands.getFirst().run(w, 0); // loads the library
      long started = System.nanoTime();
      long until = started + time.toNanos();
      workers.run(worker -> counts[worker] = operands.get(worker).run(w, until));
      double products = Arrays.stream(counts).sum();
      return products * 2 * ROWS * WIDTH * WIDTH / ((System.nanoTime() - started) / 1e9) / threads;
    }
  }

  private record Operands(Tensor x, Tensor y) {
    /// Products until then, one at least.
    long run(Tensor w, long until) {
      long products = 0;
      do {
        Linear.forward(x, ROWS, w, 1f, 0f, y);
        products++;
      } while (System.nanoTime() < until);
      return products;
    }
  }
}
