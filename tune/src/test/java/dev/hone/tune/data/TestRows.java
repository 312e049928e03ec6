package dev.hone.tune.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Files and examples to test with.
final class TestRows {
  static final String KEY = "ab".repeat(32);

  private TestRows() {}

  /// A JSONL file of rows that all differ.
  static Source distinct(Path directory, String name, int rows) throws IOException {
    return write(
        directory,
        name,
        IntStream.range(0, rows).mapToObj(TestRows::row).collect(Collectors.joining()));
  }

  static String row(int i) {
    return "{\"prompt\":\"question %d\",\"completion\":\"answer %d\"}\n".formatted(i, i);
  }

  static Source write(Path directory, String name, String content) throws IOException {
    return new Source(Files.writeString(directory.resolve(name), content));
  }

  /// An example of 2 to 80 tokens of which some, one at least, are trained.
  static Example random(SplittableRandom random) {
    int length = random.nextInt(TokenStore.MIN_LENGTH, 81);
    var trained = new BitSet();
    trained.set(random.nextInt(1, length));
    for (int t = 1; t < length; t++) {
      trained.set(t, trained.get(t) || random.nextInt(3) == 0);
    }
    int[] ids = random.ints(length + random.nextInt(3), 0, 50_000).toArray();
    return new Example(ids, length, trained, random.nextInt(200));
  }
}
