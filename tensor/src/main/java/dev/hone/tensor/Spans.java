package dev.hone.tensor;

/// Runs of tokens and what each stands on: which keys attention's queries see.
///
/// A span is `length` tokens, their queries from `queryRow` on, their keys and values from `keyRow`
/// on, on top of another span or of nothing. Its queries see all keys of the span below, of the one
/// below that, and so on, and of its own those up to themselves. So rows that lie beside each other
/// are spans on nothing, rows that begin alike are spans on one, and what a cache holds is a span
/// without queries.
///
/// Numbers only, allocated once for the most spans there can be, and reused.
public final class Spans {
  /// The base of a span that stands on nothing.
  public static final int NOTHING = -1;

  private static final int NO_QUERIES = -1;

  private final int[] queryRows;
  private final int[] keyRows;
  private final int[] lengths;
  private final int[] bases;
  private final int[] pasts;
  private int size;

  /// @param capacity the most spans
  public Spans(int capacity) {
    queryRows = new int[capacity];
    keyRows = new int[capacity];
    lengths = new int[capacity];
    bases = new int[capacity];
    pasts = new int[capacity];
  }

  /// The next `length` tokens of a sequence, queries from row 0 on, whose first `past` keys are
  /// there already.
  public static Spans extending(int past, int length) {
    var spans = new Spans(2);
    int base = past == 0 ? NOTHING : spans.add(NO_QUERIES, 0, past, NOTHING);
    spans.add(0, past, length, base);
    return spans;
  }

  /// Forgets all spans.
  public void clear() {
    size = 0;
  }

  /// Adds a span whose queries and keys lie in the same rows.
  ///
  /// @param base the span below, or [#NOTHING]
  /// @return its number
  public int add(int row, int length, int base) {
    return add(row, row, length, base);
  }

  private int add(int queryRow, int keyRow, int length, int base) {
    if (length < 1 || base < NOTHING || base >= size) {
      throw new ShapeException(
          "spans", "%d tokens on top of span %d of %d".formatted(length, base, size));
    }
    queryRows[size] = queryRow;
    keyRows[size] = keyRow;
    lengths[size] = length;
    bases[size] = base;
    pasts[size] = base == NOTHING ? 0 : keys(base);
    return size++;
  }

  /// Cuts a span in two. It keeps its first tokens; the others become a new span on top of it, and
  /// what stood on it stands on that one.
  ///
  /// @param first tokens that it keeps, fewer than it has
  public void split(int span, int first) {
    if (first < 1) {
      throw new ShapeException("spans", "a span of %d tokens".formatted(first));
    }
    int rest =
        add(queryRows[span] + first, keyRows[span] + first, lengths[span] - first, bases[span]);
    for (int s = 0; s < rest; s++) {
      bases[s] = bases[s] == span ? rest : bases[s];
    }
    bases[rest] = span;
    pasts[rest] = pasts[span] + first;
    lengths[span] = first;
  }

  public int size() {
    return size;
  }

  /// Where the queries start.
  public int queryRow(int span) {
    return queryRows[span];
  }

  /// Where the keys and values start.
  public int keyRow(int span) {
    return keyRows[span];
  }

  /// Tokens.
  public int length(int span) {
    return lengths[span];
  }

  /// The span below, or [#NOTHING].
  public int base(int span) {
    return bases[span];
  }

  /// Keys below: the position of the first token.
  public int past(int span) {
    return pasts[span];
  }

  /// Keys that the last query sees.
  int keys(int span) {
    return pasts[span] + lengths[span];
  }

  /// Pairs of a query and a key that it sees, in all spans.
  public long pairs() {
    long pairs = 0;
    for (int s = 0; s < size; s++) {
      long n = lengths[s];
      pairs += hasQueries(s) ? n * pasts[s] + n * (n + 1) / 2 : 0;
    }
    return pairs;
  }

  /// Whether anything is asked; the tokens of a cache were answered before.
  boolean hasQueries(int span) {
    return queryRows[span] != NO_QUERIES;
  }
}
