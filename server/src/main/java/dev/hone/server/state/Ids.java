package dev.hone.server.state;

import java.security.SecureRandom;

/// Ids that nobody can guess.
public final class Ids {
  private static final String LETTERS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int LENGTH = 24;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  /// @param prefix such as `file-`
  public static String next(String prefix) {
    return prefix + letters(LENGTH);
  }

  /// Letters and digits.
  public static String letters(int length) {
    var text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
    }
    return text.toString();
  }
}
