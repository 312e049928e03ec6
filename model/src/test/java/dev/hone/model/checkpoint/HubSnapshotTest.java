package dev.hone.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HubSnapshotTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @Test
  void aPathTellsWhereASnapshotComesFrom() {
    var dir = Path.of("/cache/models--my-org--tiny-0.6B/snapshots", COMMIT);
    assertEquals(Optional.of(new HubSnapshot("my-org/tiny-0.6B", COMMIT)), HubSnapshot.of(dir));
    assertEquals("my-org/tiny-0.6B@" + COMMIT, HubSnapshot.nameOf(dir));
  }

  @Test
  void otherPathsTellNothing() {
    for (var path :
        new String[] {
          "/",
          "models/base",
          "/cache/models--a--b/snapshots/main",
          "/cache/models--a--b/blobs/" + COMMIT,
          "/cache/datasets--a--b/snapshots/" + COMMIT
        }) {
      assertEquals(Optional.empty(), HubSnapshot.of(Path.of(path)));
      assertEquals(path, HubSnapshot.nameOf(Path.of(path)));
    }
  }

  @Test
  void theNewestIsTypedWithoutItsCommit(@TempDir Path cache) throws IOException {
    var refs = Files.createDirectories(cache.resolve("models--a--b/refs"));
    var dir = cache.resolve("models--a--b/snapshots").resolve(COMMIT);
    assertEquals("a/b@" + COMMIT, HubSnapshot.typedNameOf(dir));
    Files.writeString(refs.resolve("main"), COMMIT);
    assertEquals("a/b", HubSnapshot.typedNameOf(dir));
    Files.writeString(refs.resolve("main"), "f".repeat(40));
    assertEquals("a/b@" + COMMIT, HubSnapshot.typedNameOf(dir));
  }
}
