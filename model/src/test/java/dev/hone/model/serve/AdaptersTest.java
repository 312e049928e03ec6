package dev.hone.model.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.generate.TinyModel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdaptersTest {
  @TempDir Path dir;
  private TinyModel model;
  private long size;

  @BeforeEach
  void openModel() throws CheckpointException {
    model = TinyModel.random(TinyModel.byteLevel(dir), 1);
    try (var one = new Adapters(8, 1 << 20)) {
      one.add("a", RandomAdapter.source(model, 1));
      size = one.byteSize();
    }
  }

  @AfterEach
  void closeModel() {
    model.close();
  }

  /// Room for two.
  private Adapters two() {
    return new Adapters(8, 2 * size);
  }

  @Test
  void theLeastRecentlyUsedOneGoesAndComesBack() throws CheckpointException {
    try (var adapters = two()) {
      var loads = new AtomicInteger();
      var counted = RandomAdapter.source(model, 1);
      var a =
          adapters.add(
              "a",
              memory -> {
                loads.incrementAndGet();
                return counted.load(memory);
              });
      var b = adapters.add("b", RandomAdapter.source(model, 2));
      adapters.release(adapters.acquire(b).orElseThrow());
      adapters.add("c", RandomAdapter.source(model, 3));
      assertEquals(2 * size, adapters.byteSize());
      assertEquals(1, loads.get());
      adapters.release(adapters.acquire(a).orElseThrow());
      assertEquals(2, loads.get());
      assertEquals(2 * size, adapters.byteSize());
    }
  }

  @Test
  void whatIsInUseStays() throws CheckpointException {
    try (var adapters = two()) {
      var a = adapters.add("a", RandomAdapter.source(model, 1));
      var b = adapters.add("b", RandomAdapter.source(model, 2));
      var ofA = adapters.acquire(a).orElseThrow();
      var ofB = adapters.acquire(b).orElseThrow();
      assertThrows(UsageException.class, () -> adapters.add("c", RandomAdapter.source(model, 3)));
      adapters.release(ofB);
      var c = adapters.add("c", RandomAdapter.source(model, 3));
      var ofC = adapters.acquire(c).orElseThrow();
      assertTrue(adapters.acquire(b).isEmpty(), "no memory for it now");
      adapters.release(ofA);
      adapters.release(ofC);
      adapters.release(adapters.acquire(b).orElseThrow());
    }
  }

  @Test
  void aRemovedAdapterServesWhoHasIt() throws CheckpointException {
    try (var adapters = two()) {
      var a = adapters.add("a", RandomAdapter.source(model, 1));
      var lease = adapters.acquire(a).orElseThrow();
      adapters.remove(a);
      assertEquals(size, adapters.byteSize());
      assertThrows(UsageException.class, () -> adapters.acquire(a));
      adapters.release(lease);
      assertEquals(0, adapters.byteSize());
      assertThrows(UsageException.class, () -> adapters.remove(a));
    }
  }

  @Test
  void noTwoLoadsShareWhatTheyGive() throws CheckpointException {
    try (var adapters = two()) {
      var a = adapters.add("a", RandomAdapter.source(model, 1));
      var first = adapters.acquire(a).orElseThrow();
      adapters.release(first);
      adapters.add("b", RandomAdapter.source(model, 2));
      adapters.add("c", RandomAdapter.source(model, 3));
      var second = adapters.acquire(a).orElseThrow();
      assertNotEquals(first.root(), second.root());
      adapters.release(second);
    }
  }

  @Test
  void whatIsTooLargeIsRefused() {
    try (var adapters = new Adapters(8, size - 1)) {
      assertThrows(UsageException.class, () -> adapters.add("a", RandomAdapter.source(model, 1)));
      assertEquals(0, adapters.byteSize());
    }
    try (var adapters = new Adapters(2, 2 * size)) {
      assertThrows(UsageException.class, () -> adapters.add("a", RandomAdapter.source(model, 1)));
    }
  }
}
