package dev.hone.tune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

class TokenStoreTest {
  @TempDir Path directory;

  @ParameterizedTest
  @Seeds(8)
  void storeGivesBackWhatWasWritten(long seed) throws IOException {
    var random = new SplittableRandom(seed);
    var examples =
        Stream.generate(() -> TestRows.random(random)).limit(random.nextInt(0, 3000)).toList();
    try (var store = TokenStore.open(write("a.tokens", examples))) {
      assertEquals(examples.size(), store.size());
      assertEquals(examples.stream().mapToLong(Example::length).sum(), store.totalTokens());
      assertEquals(
          examples.stream().mapToLong(Example::trainedTokens).sum(), store.totalTrainedTokens());
      assertEquals(
          examples.stream().mapToLong(Example::targetBytes).sum(), store.totalTargetBytes());
      assertEquals(examples.stream().mapToInt(Example::length).max().orElse(0), store.longest());
      for (int i = 0; i < examples.size(); i++) {
        assertSame(examples.get(i), store, i);
      }
    }
  }

  private static void assertSame(Example expected, TokenStore store, int i) {
    var ids = new int[store.longest()];
    store.readIds(i, ids);
    assertEquals(10L + i, store.line(i));
    assertEquals(expected.length(), store.length(i));
    assertArrayEquals(
        Arrays.copyOf(expected.ids(), expected.length()), Arrays.copyOf(ids, expected.length()));
    assertEquals(expected.targetBytes(), store.targetBytes(i));
    assertEquals(expected.trainedTokens(), store.trainedTokens(i));
    for (int t = 0; t < expected.length(); t++) {
      assertEquals(expected.trained().get(t), store.isTrained(i, t));
    }
  }

  @ParameterizedTest
  @Seeds(20)
  void storeCutShortIsRefused(long seed) throws IOException {
    var random = new SplittableRandom(seed);
    var path = write("a.tokens", List.of(TestRows.random(random), TestRows.random(random)));
    byte[] whole = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(whole, random.nextInt(whole.length)));
    var refusal = assertThrows(IOException.class, () -> TokenStore.open(path));
    assertTrue(refusal.getMessage().contains("not a whole token store"), refusal.getMessage());
  }

  @ParameterizedTest
  @Seeds(20)
  void alteredStoreIsRefused(long seed) throws IOException {
    var random = new SplittableRandom(seed);
    var path = write("a.tokens", List.of(TestRows.random(random), TestRows.random(random)));
    byte[] bytes = Files.readAllBytes(path);
    bytes[random.nextInt(TokenStore.HEADER_BYTES, bytes.length)] ^= (byte) (1 << random.nextInt(8));
    Files.write(path, bytes);
    assertThrows(IOException.class, () -> TokenStore.open(path));
  }

  @Test
  void headerWithAbsurdCountsIsRefused() throws IOException {
    var path = write("a.tokens", List.of(TestRows.random(new SplittableRandom(1))));
    byte[] whole = Files.readAllBytes(path);
    for (int at :
        new int[] {
          0,
          TokenStore.SIZE_AT,
          TokenStore.SIZE_AT + 7,
          TokenStore.INDEX_AT,
          TokenStore.INDEX_AT + 7
        }) {
      var bytes = whole.clone();
      bytes[at] ^= (byte) 0x81;
      Files.write(path, bytes);
      assertThrows(IOException.class, () -> TokenStore.open(path), "byte " + at);
    }
  }

  @Test
  void keyTellsWhatAStoreWasMadeFrom() throws IOException {
    var path = write("a.tokens", List.of());
    assertTrue(TokenStore.hasKey(path, TestRows.KEY));
    assertFalse(TokenStore.hasKey(path, "cd".repeat(32)));
    assertFalse(TokenStore.hasKey(directory.resolve("absent"), TestRows.KEY));
    Files.writeString(path, "short");
    assertFalse(TokenStore.hasKey(path, TestRows.KEY));
  }

  @Test
  void uncommittedStoreLeavesNothing() throws IOException {
    try (var writer = new TokenStoreWriter(directory.resolve("a.tokens"), TestRows.KEY)) {
      writer.add(1, TestRows.random(new SplittableRandom(1)));
    }
    assertNothingBeside(List.of());
  }

  @Test
  void committedStoreStandsAlone() throws IOException {
    assertNothingBeside(List.of(write("a.tokens", List.of())));
  }

  @Test
  void readingOutsideAnExampleIsRefused() throws IOException {
    try (var store =
        TokenStore.open(write("a.tokens", List.of(TestRows.random(new SplittableRandom(1)))))) {
      assertThrows(IndexOutOfBoundsException.class, () -> store.length(1));
      assertThrows(IndexOutOfBoundsException.class, () -> store.length(-1));
      assertThrows(IndexOutOfBoundsException.class, () -> store.isTrained(0, store.length(0)));
      assertThrows(IndexOutOfBoundsException.class, () -> store.readIds(0, new int[1]));
    }
  }

  private void assertNothingBeside(List<Path> expected) throws IOException {
    try (var files = Files.list(directory)) {
      assertEquals(expected, files.toList());
    }
  }

  private Path write(String name, List<Example> examples) throws IOException {
    var path = directory.resolve(name);
    try (var writer = new TokenStoreWriter(path, TestRows.KEY)) {
      long line = 10;
      for (var example : new ArrayList<>(examples)) {
        writer.add(line++, example);
      }
      writer.commit();
    }
    return path;
  }
}
