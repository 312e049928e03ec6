package dev.hone.model.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/// Puts an example together, piece by piece. Each piece of text is encoded apart from its
/// neighbours: so the ids before the assistant's turn are those of the prompt as it is served.
final class RenderedBuilder {
  private final TextEncoder encoder;
  private final BitSet trained = new BitSet();
  private int[] ids = new int[64];
  private int size;
  private int targetBytes;

  RenderedBuilder(TextEncoder encoder) {
    this.encoder = encoder;
  }

  /// Text that is read, not learned.
  void read(String text) {
    append(encoder.encode(text));
  }

  /// A token that is read, not learned.
  void read(int id) {
    append(id);
  }

  /// Text that is learned.
  void learn(String text) {
    int start = size;
    var piece = encoder.encode(text);
    append(piece);
    targetBytes += bytes(text);
    for (int id : piece) {
      if (encoder.isSpecial(id)) targetBytes -= bytes(encoder.token(id));
    }
    trained.set(start, size);
    if (start == 0 && size > 0) forgetFirst(text, piece);
  }

  /// A token that is learned, and is no text.
  void learn(int id) {
    append(id);
    if (size > 1) trained.set(size - 1);
  }

  /// The first token of all has nothing before it to be predicted from.
  private void forgetFirst(String text, int[] piece) {
    trained.clear(0);
    if (encoder.isSpecial(piece[0])) return;
    var rest = encoder.decode(Arrays.copyOfRange(piece, 1, piece.length));
    targetBytes -= Math.clamp(bytes(text) - bytes(rest), 0, targetBytes);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private void append(int... more) {
    if (size + more.length > ids.length)
      ids = Arrays.copyOf(ids, Math.max(2 * ids.length, size + more.length));
    System.arraycopy(more, 0, ids, size, more.length);
    size += more.length;
  }

  int[] ids() {
    return Arrays.copyOf(ids, size);
  }

  Rendered build() {
    return new Rendered(ids(), (BitSet) trained.clone(), targetBytes);
  }
}
