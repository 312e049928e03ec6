package dev.hone.server.job;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Held by the one worker of a data directory. A worker whose server has died may still be saving
/// when the next server's comes.
record WorkerLock(FileChannel channel) implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(50);

  /// Waits for it.
  ///
  /// @return empty when told to stop before it was free
  static Optional<WorkerLock> await(Path file, BooleanSupplier stop)
      throws IOException, InterruptedException {
    var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      while (channel.tryLock() == null) {
        if (stop.getAsBoolean()) {
          channel.close();
          return Optional.empty();
        }
        Thread.sleep(PAUSE);
      }
      return Optional.of(new WorkerLock(channel));
    } catch (IOException | RuntimeException | InterruptedException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
