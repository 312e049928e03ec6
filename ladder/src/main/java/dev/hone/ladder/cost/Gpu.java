package dev.hone.ladder.cost;

import java.util.Arrays;
import java.util.Optional;

/// Graphics processors whose rate is known, for machines that are not at hand.
public enum Gpu {
  H100("H100", 989e12),
  H200("H200", 989e12),
  A100("A100", 312e12),
  L4("L4", 121e12),
  RTX_4090("RTX 4090", 165e12);

  private final String words;
  private final double peakFlops;

  Gpu(String words, double peakFlops) {
    this.words = words;
    this.peakFlops = peakFlops;
  }

  /// As a price book names it.
  public static Optional<Gpu> of(String name) {
    return Arrays.stream(values()).filter(gpu -> gpu.words.equals(name)).findFirst();
  }

  /// Operations a second, dense bfloat16, as the maker says.
  public double peakFlops() {
    return peakFlops;
  }
}
