package dev.hone.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Rows of a table of tokens that have a version of their own: what an embedding, a head or both
/// give with them instead of the table's. (PEFT's trainable tokens)
public final class TokenRows {
  /// The table as it is.
  public static final TokenRows NONE = new TokenRows(new int[0], null);

  private final int[] ids;
  private final Tensor rows;
  private final int[] sorted;
  private final int[] places;

  private TokenRows(int[] ids, Tensor rows) {
    this.ids = ids;
    this.rows = rows;
    this.places =
        IntStream.range(0, ids.length)
            .boxed()
            .sorted((a, b) -> Integer.compare(ids[a], ids[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    this.sorted = Arrays.stream(places).map(place -> ids[place]).toArray();
  }

  /// @param ids the tokens, each once
  /// @param rows `(n, C)`, one row for each of them
  public static TokenRows of(int[] ids, Tensor rows) {
    if (rows.rows() != ids.length) {
      throw new ShapeException("token rows", "%d ids for %s".formatted(ids.length, rows.shape()));
    }
    var own = new TokenRows(ids.clone(), rows);
    for (int i = 0; i < ids.length; i++) {
      if (own.sorted[i] < 0 || i > 0 && own.sorted[i] == own.sorted[i - 1]) {
        throw new ShapeException(
            "token rows", "id %d is negative or twice".formatted(own.sorted[i]));
      }
    }
    return own;
  }

  /// How many.
  public int count() {
    return ids.length;
  }

  public long byteSize() {
    return ids.length == 0 ? 0 : rows.byteSize();
  }

  /// The same tokens with rows copied into memory of the caller's.
  public TokenRows copy(Allocator memory, String purpose) {
    if (ids.length == 0) {
      return NONE;
    }
    var own = memory.f32(purpose, ids.length, rows.cols());
    own.copyFrom(rows, ids.length);
    return new TokenRows(ids, own);
  }

  /// Puts the rows into the table itself.
  ///
  /// @param table `(V, C)`
  public void putInto(Tensor table) {
    for (int i = 0; i < ids.length; i++) {
      copyRow(i, table, ids[i]);
    }
  }

  /// `y[t] = rows[place of tokens[t]]` where the token is one of them.
  ///
  /// @param tokens the first `n` in use
  /// @param y `(T, C)`, looked up already
  public void embed(int[] tokens, int n, Tensor y) {
    for (int t = 0; ids.length > 0 && t < n; t++) {
      embed(tokens[t], y, t);
    }
  }

  /// The same for row `t` alone.
  public void embed(int token, Tensor y, long t) {
    int place = place(token);
    if (place >= 0) {
      copyRow(place, y, t);
    }
  }

  /// `drows[place of tokens[t]] += dy[t]` where the token is one of them, token after token.
  public void embedBackward(int[] tokens, int n, Tensor dy, Tensor drows) {
    for (int t = 0; t < n; t++) {
      int place = place(tokens[t]);
      if (place >= 0) {
        Kernels.BEST.add(drows.data(), drows.at(place), dy.data(), dy.at(t), dy.cols());
      }
    }
  }

  /// Writes the tokens' logits over those that the table gave: `logits[t, id] = x[t] · row`.
  ///
  /// @param x `(T, C)`, the first `n` rows in use
  /// @param own scratch, `(T, count)`
  /// @param logits `(T, V)`
  public void logits(Tensor x, int n, Tensor own, Tensor logits) {
    if (ids.length == 0) {
      return;
    }
    Linear.forward(x, n, rows, 1f, 0f, own);
    for (int t = 0; t < n; t++) {
      for (int i = 0; i < ids.length; i++) {
        logits.set(t, ids[i], own.get(t, i));
      }
    }
  }

  /// Moves the gradients of the tokens' logits away, so that the table gets none of them.
  ///
  /// @param logits `(T, V)` gradients; zero there afterwards
  /// @param own `(T, count)`, overwritten
  public void takeGradients(Tensor logits, int n, Tensor own) {
    for (int t = 0; t < n; t++) {
      for (int i = 0; i < ids.length; i++) {
        own.set(t, i, logits.get(t, ids[i]));
        logits.set(t, ids[i], 0f);
      }
    }
  }

  /// Adds what comes to the input through the rows.
  ///
  /// @param own what [#takeGradients] left there
  /// @param dx `(T, C)`
  public void backward(Tensor own, int n, Tensor dx) {
    if (ids.length > 0) {
      Linear.backward(own, n, rows, 1f, 1f, dx);
    }
  }

  private int place(int id) {
    int at = Arrays.binarySearch(sorted, id);
    return at < 0 ? -1 : places[at];
  }

  private void copyRow(int place, Tensor y, long to) {
    Shapes.sameCols("token rows", rows, y);
    MemorySegment.copy(rows.data(), rows.at(place), y.data(), y.at(to), y.at(1));
  }
}
