package dev.hone.model.decoder;

import dev.hone.tensor.SteadyLinear.Way;
import java.util.Arrays;

/// The rows of one pass of a [BatchDecoder]: tokens of any sequences, each with its position, the
/// pages of its sequence and its adapter. Answers' tokens first, then prompts', since their
/// products go different ways.
///
/// Allocated once and filled anew for every pass.
public final class BatchRows {
  private static final int[] NO_PAGES = {};

  final int[] ids;
  final int[] positions;

  /// By row, the pages that the sequence lies in; none for an idle row.
  private final int[][] tables;

  private final PackedAdapter[] adapters;
  private final int[] wanted;
  private final int most;
  private int answers;
  private int prompts;
  private int numWanted;
  private boolean hasAdapters;

  /// @param most rows of one pass
  public BatchRows(int most) {
    this.most = most;
    int room = Way.FEW.padded(1) + Way.MANY.padded(1) + most;
    ids = new int[room];
    positions = new int[room];
    tables = new int[room][];
    adapters = new PackedAdapter[room];
    wanted = new int[most];
    clear();
  }

  /// Forgets all rows.
  public void clear() {
    answers = 0;
    prompts = 0;
    numWanted = 0;
    hasAdapters = false;
    Arrays.fill(ids, 0);
    Arrays.fill(positions, 0);
    Arrays.fill(tables, NO_PAGES);
    Arrays.fill(adapters, PackedAdapter.NONE);
  }

  /// How many more rows there is room for.
  public int room() {
    return most - answers - prompts;
  }

  public boolean isEmpty() {
    return answers + prompts == 0;
  }

  /// Adds a token of an answer; not after one of a prompt.
  ///
  /// @param pages of its sequence, that of the token itself included
  /// @return the row
  public int addAnswer(int id, int position, int[] pages, PackedAdapter adapter) {
    if (prompts > 0) throw new IllegalStateException("a token of an answer after one of a prompt");
    return set(answers++, id, position, pages, adapter);
  }

  /// Adds a token of a prompt.
  ///
  /// @param pages of its sequence, that of the token itself included
  /// @return the row
  public int addPrompt(int id, int position, int[] pages, PackedAdapter adapter) {
    return set(firstPrompt() + prompts++, id, position, pages, adapter);
  }

  private int set(int row, int id, int position, int[] pages, PackedAdapter adapter) {
    if (answers + prompts > most) {
      throw new IllegalStateException("more than " + most + " rows in a pass");
    }
    ids[row] = id;
    positions[row] = position;
    tables[row] = pages;
    adapters[row] = adapter;
    hasAdapters |= !adapter.isEmpty();
    return row;
  }

  /// Asks for the logits after a row.
  ///
  /// @return where they will be
  public int want(int row) {
    wanted[numWanted] = row;
    return numWanted++;
  }

  int numWanted() {
    return numWanted;
  }

  int wanted(int i) {
    return wanted[i];
  }

  /// Where prompts start, which is where answers end, with idle rows.
  int firstPrompt() {
    return Way.FEW.padded(answers);
  }

  /// All rows, with idle ones.
  int end() {
    return firstPrompt() + Way.MANY.padded(prompts);
  }

  boolean hasPrompts() {
    return prompts > 0;
  }

  boolean hasAdapters() {
    return hasAdapters;
  }

  boolean isIdle(int row) {
    return tables[row].length == 0;
  }

  int[] table(int row) {
    return tables[row];
  }

  PackedAdapter adapter(int row) {
    return adapters[row];
  }
}
