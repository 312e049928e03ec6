package dev.hone.tune.trace;

/// Ends the reading of one trace.
final class BrokenTrace extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final Fault fault;

  BrokenTrace(Fault fault, String message) {
    super(message, null, false, false);
    this.fault = fault;
  }

  Fault fault() {
    return fault;
  }
}
