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
  void commonPrefixEndsWhereTokenOrTargetDiffers(long seed) throws IOException {
    var examples = TestRows.alike(new SplittableRandom(seed), 30);
    try (var store = TokenStore.open(write("a.tokens", examples))) {
      for (int i = 0; i < examples.size(); i++) {
        for (int j = 0; j < examples.size(); j++) {
          assertEquals(alike(examples.get(i), examples.get(j)), store.commonPrefix(i, j));
        }
      }
    }
  }

  private static int alike(Example a, Example b) {
    int n = 0;
    while (n < Math.min(a.length(), b.length())
        && a.ids()[n] == b.ids()[n]
        && target(a, n) == target(b, n)) {
      n++;
    }
    return n;
  }

  private static int target(Example e, int i) {
    return i + 1 < e.length() && e.trained().get(i + 1) ? e.ids()[i + 1] : -1;
  }

  /// No two examples have more in common than every two neighbours between them, in whatever order
  /// they came.
  @ParameterizedTest
  @Seeds(10)
  void sortedExamplesHaveMostInCommonWithTheirNeighbours(long seed) throws IOException {
    var examples = TestRows.alike(new SplittableRandom(seed), 40);
    try (var store = TokenStore.open(write("a.tokens", examples))) {
      int[] sorted = store.sorted(EpochOrder.of(seed, 0, examples.size()));
      int[] common = store.commonPrefixes(sorted);
      assertArrayEquals(
          EpochOrder.inFileOrder(examples.size()), Arrays.stream(sorted).sorted().toArray());
      for (int i = 0; i < sorted.length; i++) {
        int least = Integer.MAX_VALUE;
        for (int j = i + 1; j < sorted.length; j++) {
          least = Math.min(least, common[j]);
          assertEquals(least, store.commonPrefix(sorted[i], sorted[j]));
        }
      }
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
