package dev.hone.model.generate;

import java.util.List;

/// Lets text through up to the first stop string, and holds back what may be the beginning of one.
///
/// The text ends as soon as a stop string is complete, whatever pieces it came in; where several
/// end at the same character the longest counts.
final class StopStrings {
  private final List<String> stop;
  private final StringBuilder pending = new StringBuilder();
  private boolean isStopped;

  StopStrings(List<String> stop) {
    this.stop = stop;
  }

  /// Takes a piece of whole characters.
  ///
  /// @return the text that is certain to stand in front of any stop string; often empty
  String add(String piece) {
    if (isStopped) return "";
    int end = pending.length();
    pending.append(piece);
    while (!isStopped && end < pending.length()) {
      end++;
      int start = matchBefore(end);
      if (start >= 0) {
        isStopped = true;
        pending.setLength(start);
      }
    }
    return handOut(isStopped ? pending.length() : pending.length() - held());
  }

  boolean isStopped() {
    return isStopped;
  }

  /// What was held back at the end of the text.
  String finish() {
    return handOut(pending.length());
  }

  private String handOut(int length) {
    var text = pending.substring(0, length);
    pending.delete(0, length);
    return text;
  }

  /// Where the longest stop string that ends at `end` begins; -1 without one.
  private int matchBefore(int end) {
    int start = -1;
    for (var s : stop) {
      int at = end - s.length();
      if (at >= 0 && (start < 0 || at < start) && startsAt(at, s, s.length())) start = at;
    }
    return start;
  }

  /// The length of the longest end of the text that is the beginning of a stop string.
  private int held() {
    int longest = 0;
    for (var s : stop) {
      int length = Math.min(s.length() - 1, pending.length());
      while (length > longest && !startsAt(pending.length() - length, s, length)) {
        length--;
      }
      longest = Math.max(longest, length);
    }
    return longest;
  }

  /// Whether the first `length` characters of `s` stand at `at`.
  private boolean startsAt(int at, String s, int length) {
    for (int i = 0; i < length; i++) {
      if (pending.charAt(at + i) != s.charAt(i)) return false;
    }
    return true;
  }
}
