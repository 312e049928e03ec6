package dev.hone.model.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// A tokenizer for tests: UTF-8 bytes, two ASCII bytes at a time merged into one token, and special
/// tokens. As merges depend on where a text is cut, ids show whether two renderings were cut alike.
final class PairEncoder implements TextEncoder {
  private static final int FIRST_PAIR = 256;
  private static final int FIRST_SPECIAL = FIRST_PAIR + 128 * 128;
  private final List<String> special;

  PairEncoder(List<String> special) {
    this.special = special;
  }

  @Override
  public int[] encode(String text) {
    var ids = IntStream.builder();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      int found = specialAt(text, i);
      if (found < 0) continue;
      bytes(text.substring(from, i), ids);
      ids.add(FIRST_SPECIAL + found);
      i += special.get(found).length() - 1;
      from = i + 1;
    }
    bytes(text.substring(from), ids);
    return ids.build().toArray();
  }

  private int specialAt(String text, int index) {
    for (int i = 0; i < special.size(); i++) {
      if (text.startsWith(special.get(i), index)) return i;
    }
    return -1;
  }

  private static void bytes(String text, IntStream.Builder ids) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      boolean isPair = i + 1 < bytes.length && bytes[i] >= 0 && bytes[i + 1] >= 0;
      if (isPair) ids.add(FIRST_PAIR + bytes[i] * 128 + bytes[++i]);
      else ids.add(bytes[i] & 0xff);
    }
  }

  @Override
  public String decode(int[] ids) {
    var out = new ByteArrayOutputStream();
    for (int id : ids) {
      if (isSpecial(id)) out.writeBytes(token(id).getBytes(StandardCharsets.UTF_8));
      else if (id >= FIRST_PAIR)
        out.writeBytes(
            new byte[] {(byte) ((id - FIRST_PAIR) / 128), (byte) ((id - FIRST_PAIR) % 128)});
      else out.write(id);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Override
  public OptionalInt idOf(String token) {
    int found = special.indexOf(token);
    return found < 0 ? OptionalInt.empty() : OptionalInt.of(FIRST_SPECIAL + found);
  }

  @Override
  public boolean isSpecial(int id) {
    return id >= FIRST_SPECIAL;
  }

  @Override
  public String token(int id) {
    return isSpecial(id) ? special.get(id - FIRST_SPECIAL) : decode(new int[] {id});
  }

  int id(String token) {
    return idOf(token).orElseThrow();
  }
}
