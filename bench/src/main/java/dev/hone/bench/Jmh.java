package dev.hone.bench;

import java.io.IOException;

/// Runs the benches of single kernels with JMH, whose options it takes: `-h` lists them.
public final class Jmh {
  private Jmh() {}

  public static void main(String... args) throws IOException {
    org.openjdk.jmh.Main.main(args);
  }
}
