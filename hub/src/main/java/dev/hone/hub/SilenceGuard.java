package dev.hone.hub;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// Closes a stream that has been silent for too long, so that whoever waits for its next byte waits
/// no more: the JDK's client has a limit for an answer's beginning, but none for its body.
final class SilenceGuard implements AutoCloseable {
  private final InputStream guarded;
  private final long limitNanos;
  private final Thread watch;
  private volatile long heard = System.nanoTime();
  private volatile boolean isSilent;

  SilenceGuard(InputStream guarded, Duration limit) {
    this.guarded = guarded;
    this.limitNanos = limit.toNanos();
    this.watch = Thread.startVirtualThread(this::watch);
  }

  /// As [InputStream#read(byte[])].
  int read(byte[] chunk) throws BusyException {
    try {
      int read = guarded.read(chunk);
      heard = System.nanoTime();
      if (isSilent) {
        throw new BusyException("nothing came for %d s".formatted(limitNanos / 1_000_000_000));
      }
      return read;
    } catch (BusyException e) {
      throw e;
    } catch (IOException e) {
      throw isSilent ? new BusyException("nothing came any more") : BusyException.of(e);
    }
  }

  private void watch() {
    try {
      for (long left = limitNanos; left > 0; left = heard + limitNanos - System.nanoTime()) {
        Thread.sleep(Duration.ofNanos(left));
      }
      isSilent = true;
      guarded.close();
    } catch (InterruptedException | IOException e) {
      isSilent |= e instanceof IOException;
    }
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
