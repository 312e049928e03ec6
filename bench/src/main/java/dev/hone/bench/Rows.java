package dev.hone.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.hone.tune.data.Example;
import dev.hone.tune.data.TokenStore;
import dev.hone.tune.data.TokenStoreWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/// Token ids to train on, in the order in which they are trained; whole batches only.
///
/// @param all the rows, a multiple of `batchSize`
/// @param batchSize rows per step
record Rows(List<Row> all, int batchSize) {
  private static final String KEY = "0".repeat(64);

  /// One row.
  ///
  /// @param ids token ids
  /// @param trainedFrom the first token that is a target, at least 1
  /// @param trainedTo where targets end, exclusive
  record Row(int[] ids, int trainedFrom, int trainedTo) {
    Row padded(int length) {
      return new Row(Arrays.copyOf(ids, length), trainedFrom, trainedTo);
    }

    Row trainedThroughout() {
      return new Row(ids, 1, ids.length);
    }

    Example example() {
      var trained = new BitSet();
      trained.set(trainedFrom, trainedTo);
      return new Example(ids, ids.length, trained, 0);
    }
  }

  /// A row as it stands in a file.
  private record FileRow(int[] ids, @JsonProperty("trained_from") int trainedFrom) {
    Row row() {
      return new Row(ids, trainedFrom, ids.length);
    }
  }

  /// Reads `[{"ids": […], "trained_from": k}, …]`; rows beyond the last whole batch are left out.
  static Rows read(Path file, int batchSize) {
    var rows = JsonMapper.shared().readValue(file.toFile(), FileRow[].class);
    int whole = rows.length / batchSize * batchSize;
    if (whole == 0) {
      throw new IllegalArgumentException(
          "%s has %d rows, a batch has %d".formatted(file, rows.length, batchSize));
    }
    return new Rows(Arrays.stream(rows, 0, whole).map(FileRow::row).toList(), batchSize);
  }

  /// Every row as long as the longest of its batch, as a peer without packing computes them.
  Rows padded() {
    var padded = new ArrayList<Row>();
    for (int from = 0; from < all.size(); from += batchSize) {
      var batch = all.subList(from, from + batchSize);
      int longest = batch.stream().mapToInt(row -> row.ids().length).max().orElseThrow();
      batch.forEach(row -> padded.add(row.padded(longest)));
    }
    return new Rows(padded, batchSize);
  }

  /// Every token a target, so that the head works on every position.
  Rows trainedThroughout() {
    return new Rows(all.stream().map(Row::trainedThroughout).toList(), batchSize);
  }

  int batches() {
    return all.size() / batchSize;
  }

  /// Tokens of a batch.
  int tokens(int batch) {
    return all.subList(batch * batchSize, (batch + 1) * batchSize).stream()
        .mapToInt(row -> row.ids().length)
        .sum();
  }

  /// Writes a store in which an epoch of this order meets the rows as they stand here.
  TokenStore store(Path file, int[] order) throws IOException {
    var rowOf = new int[order.length];
    IntStream.range(0, order.length).forEach(i -> rowOf[order[i]] = i);
    try (var writer = new TokenStoreWriter(file, KEY)) {
      for (int i = 0; i < rowOf.length; i++) {
        writer.add(i, all.get(rowOf[i]).example());
      }
      writer.commit();
    }
    return TokenStore.open(file);
  }
}
