package dev.hone.cli;

import dev.hone.tensor.Stopwatch;
import dev.hone.tensor.Stopwatch.Operation;
import java.io.PrintStream;

/// Where the time of training went: thread-seconds and shares, operation by operation.
final class ProfileTable {
  private final Stopwatch times;

  ProfileTable(Stopwatch times) {
    this.times = times;
  }

  void print(PrintStream out) {
    double total = times.seconds();
    double products = 0;
    var format = "  %-52s %9.2f s %6.1f %%%n";
    out.printf("%nwhere the time went, seconds of all threads%n");
    for (var operation : Operation.values()) {
      double seconds = times.seconds(operation);
      products += operation.isProduct() ? seconds : 0;
      out.printf(format, operation.label(), seconds, 100 * seconds / total);
    }
    out.printf(format, "in all", total, 100.0);
    out.printf(
        "matrix products but attention's: %.0f GFLOP/s a thread while they run, %.0f over all of"
            + " the time%n%n",
        times.flop() / products / 1e9, times.flop() / total / 1e9);
  }
}
