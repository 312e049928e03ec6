package dev.hone.cli;

import dev.hone.tensor.Stopwatch;
import dev.hone.tensor.Stopwatch.Operation;
import java.io.PrintStream;

/// Where the time of training went: thread-seconds and shares, operation by operation.
final class ProfileTable {
  private final Stopwatch times;
  private final double rate;

  /// @param rate floating-point operations a second that a thread reaches in matrix products alone
  ProfileTable(Stopwatch times, double rate) {
    this.times = times;
    this.rate = rate;
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
        "matrix products, attention with its softmax among them: %s while they run, %s over all of"
            + " the time; this machine reached %.0f GFLOP/s a thread before the run%n%n",
        share(times.flop() / products), share(times.flop() / total), rate / 1e9);
  }

  private String share(double reached) {
    return "%.0f GFLOP/s a thread (%.0f %% of the machine's)"
        .formatted(reached / 1e9, 100 * reached / rate);
  }
}
