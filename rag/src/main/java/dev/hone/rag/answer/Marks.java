package dev.hone.rag.answer;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// A model's answer, taken apart: its sentences, and the passages that each refers to by marks like
/// `[1]` or `[1, 3]`.
final class Marks {
  private static final Pattern MARK = Pattern.compile("\\s*\\[(\\d+(?:\\s*[,;]\\s*\\d+)*)]");

  private Marks() {}

  /// A sentence without its marks, and the numbers in them.
  record Marked(String sentence, Set<Integer> numbers) {}

  static List<Marked> read(String answer) {
    var text = new StringBuilder();
    var marks = new ArrayList<Mark>();
    int from = 0;
    for (var mark = MARK.matcher(answer); mark.find(); from = mark.end()) {
      text.append(answer, from, mark.start());
      marks.add(new Mark(text.length(), numbers(mark.group(1))));
    }
    text.append(answer, from, answer.length());
    return sentences(text.toString(), marks);
  }

  /// @param place how much text stands before it
  private record Mark(int place, Set<Integer> numbers) {}

  private static Set<Integer> numbers(String list) {
    var numbers = new LinkedHashSet<Integer>();
    for (var number : list.split("\\s*[,;]\\s*")) {
      numbers.add(number.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(number));
    }
    return numbers;
  }

  /// A mark belongs to the sentence of the character before it, as in `So it is. [1]`.
  private static List<Marked> sentences(String text, List<Mark> marks) {
    var sentences = new ArrayList<Marked>();
    int start = 0;
    for (int end : ends(text)) {
      var numbers = new LinkedHashSet<Integer>();
      for (var mark : marks) {
        boolean isHere = mark.place() > start && mark.place() <= end;
        if (isHere || mark.place() == 0 && start == 0) {
          numbers.addAll(mark.numbers());
        }
      }
      var sentence = text.substring(start, end).strip();
      if (!sentence.isEmpty()) {
        sentences.add(new Marked(sentence, numbers));
      }
      start = end;
    }
    return sentences;
  }

  /// Where sentences end; never inside an address.
  private static List<Integer> ends(String text) {
    var links = Links.in(text);
    var places = BreakIterator.getSentenceInstance(Locale.ENGLISH);
    places.setText(text);
    places.first();
    var ends = new ArrayList<Integer>();
    for (int end = places.next(); end != BreakIterator.DONE; end = places.next()) {
      int place = end;
      if (links.stream().noneMatch(link -> link.start() < place && place < link.end())) {
        ends.add(end);
      }
    }
    return ends;
  }
}
