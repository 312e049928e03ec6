package dev.hone.rag.passage;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Sentences of English text.
public final class Sentences {
  private Sentences() {}

  /// A sentence.
  ///
  /// @param start its offset in the text
  public record Sentence(int start, String text) {}

  /// The sentences of a passage. A line's end ends one too: headings and rows of tables have no
  /// full stop.
  public static List<Sentence> of(String text) {
    var sentences = new ArrayList<Sentence>();
    int start = 0;
    for (var line : text.split("\n", -1)) {
      add(line, start, sentences);
      start += line.length() + 1;
    }
    return sentences;
  }

  private static void add(String line, int offset, List<Sentence> into) {
    var places = BreakIterator.getSentenceInstance(Locale.ENGLISH);
    places.setText(line);
    int start = places.first();
    for (int end = places.next(); end != BreakIterator.DONE; start = end, end = places.next()) {
      var sentence = line.substring(start, end).stripTrailing();
      if (!sentence.isEmpty()) {
        into.add(new Sentence(offset + start, sentence));
      }
    }
  }
}
