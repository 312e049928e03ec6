package dev.hone.tune.run;

import java.util.Locale;

/// Whether activations are made again in the backward: a third more time for a fraction of their
/// memory, and the same bits.
public enum Recompute {
  /// If the run does not fit otherwise.
  AUTO,
  ON,
  OFF;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
