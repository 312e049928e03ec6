package dev.hone.model.text;

import java.util.Arrays;

/// Decodes token ids as they come, and hands text out once it is final: all pieces together are the
/// text of all ids.
///
/// A token may end inside a character, so text is held back while it ends in U+FFFD, the decoder's
/// sign of an incomplete one, and while byte tokens (`<0xE2>`) come: a group of those is characters
/// or not only as a whole. What a token says may also hang on what precedes it (SentencePiece
/// strips the space in front of a text). So new tokens are decoded together with the ones handed
/// out last, and what those give by themselves is cut off again.
public final class StreamDecoder {
  private static final char REPLACEMENT = '\uFFFD';

  private final Tokenizer tokenizer;
  private final boolean skipSpecialTokens;
  private int[] window = new int[16];
  private int windowSize;

  /// How many ids at the window's beginning are handed out already.
  private int known;

  private String knownText = "";

  StreamDecoder(Tokenizer tokenizer, boolean skipSpecialTokens) {
    this.tokenizer = tokenizer;
    this.skipSpecialTokens = skipSpecialTokens;
  }

  /// Takes the next id and returns the text that became final with it; often empty.
  public String add(int id) {
    if (!tokenizer.hasToken(id) || skipSpecialTokens && tokenizer.isSpecial(id)) return "";
    push(id);
    if (tokenizer.isByte(id)) return "";
    var text = windowText();
    if (text.length() <= knownText.length() || text.charAt(text.length() - 1) == REPLACEMENT)
      return "";
    return handOut(text);
  }

  /// Ends the stream: returns what was held back, an incomplete character as U+FFFD.
  public String finish() {
    return handOut(windowText());
  }

  private String handOut(String text) {
    var fresh = text.substring(knownText.length());
    moveWindow(text);
    return fresh;
  }

  private String windowText() {
    return tokenizer.decode(Arrays.copyOf(window, windowSize), false);
  }

  /// Drops the ids handed out earlier, unless those handed out now give no text alone: then the
  /// decoder may treat what follows them as the beginning of a text.
  private void moveWindow(String text) {
    var latest = Arrays.copyOfRange(window, known, windowSize);
    var latestText = tokenizer.decode(latest, false);
    if (latestText.isEmpty()) {
      knownText = text;
    } else {
      System.arraycopy(latest, 0, window, 0, latest.length);
      windowSize = latest.length;
      knownText = latestText;
    }
    known = windowSize;
  }

  private void push(int id) {
    if (windowSize == window.length) window = Arrays.copyOf(window, 2 * windowSize);
    window[windowSize++] = id;
  }
}
