package dev.hone.hub;

import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.JsonFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// A repository in the cache, laid out as Python's `huggingface_hub` does:
///
///     models--org--name/blobs/ETAG                 what files hold, by their hash
///     models--org--name/blobs/ETAG.incomplete      as far as it has come
///     models--org--name/refs/REVISION              the commit that a branch or tag was at
///     models--org--name/snapshots/COMMIT/NAME      a link to ../../blobs/ETAG
///
/// @param cache the folder of all repositories
/// @param folder this one's name in it
record CachedRepo(Path cache, String folder) {
  private static final long LOCK_PAUSE_MILLIS = 100;
  private static final String COMMIT = "[0-9a-f]{40}";

  Path blob(RepoFile file) {
    return dir().resolve("blobs").resolve(file.etag());
  }

  Path incomplete(RepoFile file) {
    return dir().resolve("blobs").resolve(file.etag() + ".incomplete");
  }

  Path snapshot(String commit) {
    return dir().resolve("snapshots").resolve(commit);
  }

  private Path dir() {
    return cache.resolve(folder);
  }

  /// The snapshot of a revision, where it is there with all its weights.
  Optional<Path> complete(String revision) throws IOException {
    var commit = revision.matches(COMMIT) ? Optional.of(revision) : commit(revision);
    var found = commit.map(this::snapshot);
    return found.isPresent() && isComplete(found.get()) ? found : Optional.empty();
  }

  private Optional<String> commit(String revision) throws IOException {
    var ref = dir().resolve("refs").resolve(revision);
    return Files.isRegularFile(ref)
        ? Optional.of(Files.readString(ref).strip()).filter(text -> text.matches(COMMIT))
        : Optional.empty();
  }

  private static boolean isComplete(Path snapshot) throws CheckpointException {
    var names = new ArrayList<>(RepoListing.NEEDED);
    if (Files.exists(snapshot.resolve(RepoListing.WEIGHTS))) {
      return allExist(snapshot, names);
    }
    var index = snapshot.resolve(RepoListing.INDEX);
    if (!Files.exists(index)) {
      return false;
    }
    names.addAll(shards(index));
    return allExist(snapshot, names);
  }

  private static boolean allExist(Path dir, List<String> names) {
    return names.stream().allMatch(name -> Files.exists(dir.resolve(name)));
  }

  /// The files that an index of weights names, each once.
  static List<String> shards(Path index) throws CheckpointException {
    var map = JsonFile.read(index).object("weight_map");
    if (map.isEmpty() || map.get().fields().isEmpty()) {
      throw new CheckpointException(index, "lacks the field weight_map");
    }
    var names = new TreeSet<String>();
    for (var tensor : map.get().fields()) {
      var name = map.get().string(tensor).orElse("");
      if (!name.matches("\\w[\\w.-]*\\.safetensors")) {
        throw map.get()
            .wrong(tensor, map.get().node().get(tensor), "the plain name of a safetensors file");
      }
      names.add(name);
    }
    return List.copyOf(names);
  }

  /// Whether the file stands in the snapshot, whoever has put it there.
  boolean has(String commit, RepoFile file) throws IOException {
    return isWhole(snapshot(commit).resolve(file.name()), file);
  }

  boolean hasBlob(RepoFile file) throws IOException {
    return isWhole(blob(file), file);
  }

  private static boolean isWhole(Path path, RepoFile file) throws IOException {
    return Files.isRegularFile(path) && Files.size(path) == file.size();
  }

  /// Lets the snapshot have the file, whose blob is there. Where links are impossible, a copy.
  void link(String commit, RepoFile file) throws IOException {
    var name = snapshot(commit).resolve(file.name());
    Files.createDirectories(name.getParent());
    Files.deleteIfExists(name);
    try {
      Files.createSymbolicLink(name, name.getParent().relativize(blob(file)));
    } catch (UnsupportedOperationException | FileSystemException e) {
      AtomicFile.copy(blob(file), name);
    }
  }

  /// Notes that a branch or tag is at this commit.
  void remember(String revision, String commit) throws IOException {
    if (!revision.equals(commit) && !commit(revision).equals(Optional.of(commit))) {
      var ref = dir().resolve("refs").resolve(revision);
      Files.createDirectories(ref.getParent());
      alone("refs", () -> {}, () -> AtomicFile.write(ref, commit));
    }
  }

  /// Work that no other process does at the same time.
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  /// Does the work while no other process of Hone's works on the same blob.
  ///
  /// @param onWait told where another one does
  void alone(RepoFile file, Runnable onWait, Work work) throws IOException {
    Files.createDirectories(blob(file).getParent());
    alone(file.etag(), onWait, work);
  }

  private void alone(String what, Runnable onWait, Work work) throws IOException {
    var lock = cache.resolve(".locks").resolve(folder).resolve(what + ".lock");
    Files.createDirectories(lock.getParent());
    try (var channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = lock(channel, onWait)) {
      work.run();
    }
  }

  private static FileLock lock(FileChannel channel, Runnable onWait) throws IOException {
    for (boolean isTold = false; ; isTold = true) {
      try {
        var free = channel.tryLock();
        if (free != null) {
          return free;
        }
      } catch (OverlappingFileLockException e) {
        // held by this process: waited for like another's
      }
      if (!isTold) {
        onWait.run();
      }
      pause();
    }
  }

  private static void pause() throws InterruptedIOException {
    try {
      Thread.sleep(LOCK_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while another process downloads");
    }
  }
}
