package dev.hone.server.job;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Whether a worker shall stop: when its standard input ends. The server holds the other end of
/// that pipe, and the operating system closes it however the server ends.
final class StopSignal implements BooleanSupplier {
  /// Work that is no training cannot be stopped within; after that long it is cut off, which costs
  /// no more than a kill does.
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final int CUT_OFF = 3;

  private volatile boolean isGiven;

  private StopSignal() {}

  /// Watches this process's standard input.
  static StopSignal listen() {
    var signal = new StopSignal();
    Thread.ofPlatform()
        .daemon()
        .name("hone-stop")
        .start(() -> signal.watch(new FileInputStream(FileDescriptor.in)));
    return signal;
  }

  private void watch(InputStream pipe) {
    awaitEnd(pipe);
    isGiven = true;
    try {
      Thread.sleep(PATIENCE);
      Runtime.getRuntime().halt(CUT_OFF);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// A pipe that cannot be read has ended, too.
  private static void awaitEnd(InputStream pipe) {
    try {
      pipe.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      return;
    }
  }

  @Override
  public boolean getAsBoolean() {
    return isGiven;
  }
}
