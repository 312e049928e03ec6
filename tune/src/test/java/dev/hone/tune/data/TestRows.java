package dev.hone.tune.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
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

  /// Examples of which most begin as an earlier one does, some learning other tokens of it, some
  /// being the same throughout.
  static List<Example> alike(SplittableRandom random, int count) {
    var examples = new ArrayList<Example>();
    while (examples.size() < count) {
      var tail = random(random);
      examples.add(
          examples.isEmpty() || random.nextInt(4) == 0
              ? tail
              : joined(random, examples.get(random.nextInt(examples.size())), tail));
    }
    return examples;
  }

  private static Example joined(SplittableRandom random, Example head, Example tail) {
    int kept = random.nextInt(4) == 0 ? head.length() : random.nextInt(1, head.length() + 1);
    int more = random.nextInt(3) == 0 && kept >= TokenStore.MIN_LENGTH ? 0 : tail.length();
    int[] ids = Arrays.copyOf(head.ids(), kept + more);
    System.arraycopy(tail.ids(), 0, ids, kept, more);
    var trained = head.trained().get(0, kept);
    tail.trained().stream().filter(t -> t < more).forEach(t -> trained.set(kept + t));
    trained.set(ids.length - 1);
    if (random.nextInt(4) == 0) {
      trained.flip(random.nextInt(1, ids.length));
    }
    return new Example(ids, ids.length, trained, random.nextInt(200));
  }
}
