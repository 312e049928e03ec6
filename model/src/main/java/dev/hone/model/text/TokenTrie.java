package dev.hone.model.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/// The ordinary tokens of a vocabulary by their bytes, as a trie in preorder: what stands below
/// node `i` are the nodes `i + 1` to `end(i) - 1`. The root is node 0. Special tokens and tokens
/// without text aren't in it; several tokens may have the same bytes. Immutable.
public final class TokenTrie {
  private final byte[][] bytesOfId;
  private final int[] ids;
  private final byte[] labels;
  private final int[] depths;
  private final int[] ends;
  private final int[] firstIds;
  private final int maxDepth;
  private final boolean dropsFirstSpace;

  private TokenTrie(byte[][] bytesOfId, int[] ids, int size, boolean dropsFirstSpace) {
    this.bytesOfId = bytesOfId;
    this.ids = ids;
    this.labels = new byte[size];
    this.depths = new int[size];
    this.ends = new int[size];
    this.firstIds = new int[size + 1];
    this.maxDepth = Arrays.stream(bytesOfId).mapToInt(bytes -> bytes.length).max().orElse(0);
    this.dropsFirstSpace = dropsFirstSpace;
  }

  static TokenTrie of(List<byte[]> bytesById, boolean dropsFirstSpace) {
    var bytes = bytesById.toArray(byte[][]::new);
    var order = new Integer[bytes.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparing(i -> bytes[i], Arrays::compareUnsigned));
    var ids = Arrays.stream(order).mapToInt(i -> i).filter(i -> bytes[i].length > 0).toArray();
    var trie = new TokenTrie(bytes, ids, countNodes(bytes, ids), dropsFirstSpace);
    trie.fill();
    return trie;
  }

  private static int countNodes(byte[][] bytes, int[] ids) {
    int nodes = 1;
    var before = new byte[0];
    for (int id : ids) {
      nodes += bytes[id].length - shared(before, bytes[id]);
      before = bytes[id];
    }
    return nodes;
  }

  private static int shared(byte[] a, byte[] b) {
    int at = Arrays.mismatch(a, b);
    return at < 0 ? a.length : at;
  }

  private void fill() {
    int size = 1;
    var before = new byte[0];
    var open = new int[maxDepth + 1];
    for (int k = 0; k < ids.length; k++) {
      var bytes = bytesOfId[ids[k]];
      int shared = shared(before, bytes);
      for (int depth = before.length; depth > shared; depth--) ends[open[depth]] = size;
      for (int depth = shared + 1; depth <= bytes.length; depth++) {
        open[depth] = size;
        labels[size] = bytes[depth - 1];
        depths[size] = depth;
        firstIds[size] = k;
        size++;
      }
      before = bytes;
    }
    for (int depth = before.length; depth >= 0; depth--) ends[open[depth]] = size;
    firstIds[size] = ids.length;
    spreadFirstIds();
  }

  /// A node without tokens was given the number of the first token below it; so it has none.
  private void spreadFirstIds() {
    for (int i = 1; i + 1 < firstIds.length; i++) {
      if (bytesOfId[ids[firstIds[i]]].length != depths[i]) firstIds[i] = -1;
    }
  }

  /// How many nodes there are.
  public int size() {
    return labels.length;
  }

  /// The last byte of the node's text, 0 to 255.
  public int label(int node) {
    return Byte.toUnsignedInt(labels[node]);
  }

  /// How many bytes the node's text has.
  public int depth(int node) {
    return depths[node];
  }

  /// The node after all that stand below `node`.
  public int end(int node) {
    return ends[node];
  }

  /// How many bytes the longest token has.
  public int maxDepth() {
    return maxDepth;
  }

  public boolean hasTokens(int node) {
    return node > 0 && firstIds[node] >= 0;
  }

  /// Adds the tokens whose bytes are the node's text.
  public void addTokens(int node, BitSet to) {
    if (!hasTokens(node)) return;
    for (int k = firstIds[node]; k < ids.length; k++) {
      if (k > firstIds[node] && !Arrays.equals(bytesOfId[ids[k - 1]], bytesOfId[ids[k]])) return;
      to.set(ids[k]);
    }
  }

  /// The bytes that have a token of their own.
  public BitSet singleBytes() {
    var bytes = new BitSet(256);
    for (int i = 1; i < size(); i = end(i)) {
      if (hasTokens(i)) bytes.set(label(i));
    }
    return bytes;
  }

  /// The length of the longest token with which `text` goes on at `from`.
  ///
  /// @return 0 where there is none
  public int longestMatch(byte[] text, int from) {
    int longest = 0;
    int node = 0;
    for (int at = from; at < text.length; at++) {
      node = child(node, text[at]);
      if (node == 0) break;
      if (hasTokens(node)) longest = at + 1 - from;
    }
    return longest;
  }

  /// @return 0 where there is none
  private int child(int node, byte label) {
    for (int i = node + 1; i < ends[node]; i = ends[i]) {
      if (labels[i] == label) return i;
    }
    return 0;
  }

  /// How many bytes a token adds to a text.
  ///
  /// @return 0 for a special token, and for an id that the vocabulary lacks
  public int length(int id) {
    return id < bytesOfId.length ? bytesOfId[id].length : 0;
  }

  /// The byte number `i` of a token, 0 to 255.
  public int byteAt(int id, int i) {
    return Byte.toUnsignedInt(bytesOfId[id][i]);
  }

  /// Whether decoding drops one space in front of a text.
  public boolean dropsFirstSpace() {
    return dropsFirstSpace;
  }
}
