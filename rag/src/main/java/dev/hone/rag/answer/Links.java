package dev.hone.rag.answer;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Addresses in an answer. One that no cited passage has is how a document would make an answer
/// carry something away: a reader who follows it, or a page that loads it as a picture, tells its
/// owner.
final class Links {
  private static final Pattern LINK =
      Pattern.compile("(?i)\\b(?:[a-z][a-z0-9+.-]*://|www\\.|data:|javascript:)[^\\s)\\]>\"']+");

  private Links() {}

  static List<MatchResult> in(String text) {
    return LINK.matcher(text).results().toList();
  }

  static String removed(String text) {
    return LINK.matcher(text).replaceAll("[link removed]");
  }
}
