package dev.hone.rag.update;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;

/// Tells when something changes below a folder.
public final class FolderWatch implements Closeable {
  /// Changes seldom come alone: what follows within this time is one change with it.
  private static final long QUIET_MILLIS = 50;

  private static final WatchEvent.Kind<?>[] KINDS = {
    StandardWatchEventKinds.ENTRY_CREATE,
    StandardWatchEventKinds.ENTRY_MODIFY,
    StandardWatchEventKinds.ENTRY_DELETE
  };

  private final Path root;
  private final WatchService service;

  private FolderWatch(Path root, WatchService service) {
    this.root = root;
    this.service = service;
  }

  /// @param root a folder, or a file, whose folder is watched then
  public static FolderWatch of(Path root) throws IOException {
    var folder = Files.isDirectory(root) ? root : root.toAbsolutePath().getParent();
    var watch = new FolderWatch(folder, folder.getFileSystem().newWatchService());
    watch.register();
    return watch;
  }

  /// Registers every folder; one that is registered already stays so.
  private void register() throws IOException {
    try (var paths = Files.walk(root)) {
      for (var dir : paths.filter(Files::isDirectory).toList()) {
        dir.register(service, KINDS);
      }
    }
  }

  /// Waits until something has changed and it is quiet again.
  ///
  /// @return false when stopped
  public boolean awaitChange() throws IOException {
    try {
      var key = service.take();
      while (key != null) {
        key.pollEvents();
        key.reset();
        key = service.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
      }
      register();
      return true;
    } catch (ClosedWatchServiceException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Ends the waiting; for another thread.
  public void stop() {
    try {
      service.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot stop watching " + root, e);
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
