import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Texts of drawn words in which what stood before comes again: a run of words, or a value behind
/// its name. Nothing but looking back foretells them, so that a model learns from few of them to
/// continue what it has read before (induction: Olsson et al. 2022, arXiv 2209.11895).
final class CopyRows {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}']+");
  private static final double RECALLS = 0.3;

  private final List<String> occurrences;
  private final List<String> words;
  private final Draw draw;

  CopyRows(List<String> passages, Draw draw) {
    this.occurrences =
        passages.stream()
            .flatMap(passage -> WORD.matcher(passage).results().map(MatchResult::group))
            .toList();
    this.words = occurrences.stream().distinct().toList();
    this.draw = draw;
  }

  String next() {
    return draw.chance(RECALLS) ? recalls() : repeats();
  }

  /// A run of words again and again, whole or from anywhere to anywhere, other words in between.
  private String repeats() {
    var run = words(draw.number(5, 110));
    var text = new ArrayList<String>();
    int wanted = draw.number(120, 230);
    while (text.size() < wanted) {
      if (draw.chance(0.3)) {
        text.addAll(words(draw.number(1, 12)));
      }
      int from = draw.chance(0.5) ? 0 : draw.number(0, run.size() / 2);
      int to = draw.chance(0.5) ? run.size() : draw.number(from + 3, run.size());
      text.addAll(run.subList(from, to));
    }
    return String.join(draw.pick(" ", " ", " ", ", ", "\n"), text);
  }

  /// Names with values, then some of them again in any order.
  private String recalls() {
    var values = new LinkedHashMap<String, String>();
    for (int i = draw.number(3, 20); i > 0; i--) {
      values.put(word(), String.join(" ", words(draw.number(1, 4))));
    }
    var names = List.copyOf(values.keySet());
    var asked = new ArrayList<>(names);
    for (int i = draw.number(3, 12); i > 0; i--) {
      asked.add(draw.pick(names));
    }
    var is = draw.pick(": ", " = ", " is ", " -> ");
    var lines = asked.stream().map(name -> name + is + values.get(name)).toList();
    return String.join(draw.pick("\n", ". ", "; "), lines);
  }

  private List<String> words(int count) {
    var drawn = new ArrayList<String>();
    while (drawn.size() < count) {
      drawn.add(word());
    }
    return drawn;
  }

  /// Half the time each word is as likely as any other, half the time as it is frequent.
  private String word() {
    return draw.pick(draw.chance(0.5) ? words : occurrences);
  }
}
