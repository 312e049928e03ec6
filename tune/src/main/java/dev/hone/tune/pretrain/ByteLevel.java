package dev.hone.tune.pretrain;

import java.nio.charset.StandardCharsets;

/// The 256 bytes as characters that can be seen: printable ones of Latin-1 stand for themselves,
/// all others for characters from U+0100 on. (Radford et al. 2019, GPT-2's `bytes_to_unicode`)
final class ByteLevel {
  private static final char[] CHARS = chars();

  private ByteLevel() {}

  private static char[] chars() {
    var chars = new char[256];
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean isSeen = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
      chars[b] = (char) (isSeen ? b : next++);
    }
    return chars;
  }

  /// The character that stands for a byte, 0 to 255.
  static char charOf(int b) {
    return CHARS[b];
  }

  /// The bytes of a text in UTF-8, 0 to 255 each.
  static int[] bytes(String text) {
    var utf8 = text.getBytes(StandardCharsets.UTF_8);
    var bytes = new int[utf8.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = utf8[i] & 0xFF;
    }
    return bytes;
  }
}
