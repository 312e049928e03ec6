import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The words that generated rows are made of: lists written by hand, and the common lower-case
/// words of the passages.
record Lexicon(Map<String, List<String>> lists, List<String> common) {
  private static final Pattern WORD = Pattern.compile("(?<=[ (])[a-z]{3,9}(?=[ ,.;)])");
  private static final int SEEN_AT_LEAST = 6;

  static Lexicon read(Path file, List<String> passages) throws IOException {
    return new Lexicon(lists(file), common(passages));
  }

  private static Map<String, List<String>> lists(Path file) throws IOException {
    var lists = new LinkedHashMap<String, List<String>>();
    for (var line : Files.readAllLines(file)) {
      int colon = line.indexOf(':');
      if (!line.startsWith("#") && colon > 0) {
        var separator = line.contains(";") ? ";" : ",";
        var words = line.substring(colon + 1).split(separator);
        lists.put(line.substring(0, colon), Arrays.stream(words).map(String::strip).toList());
      }
    }
    return lists;
  }

  private static List<String> common(List<String> passages) {
    var counts = new TreeMap<String, Integer>();
    for (var passage : passages) {
      WORD.matcher(passage)
          .results()
          .forEach(match -> counts.merge(match.group(), 1, Integer::sum));
    }
    counts.values().removeIf(count -> count < SEEN_AT_LEAST);
    return List.copyOf(counts.keySet());
  }

  List<String> list(String name) {
    var list = lists.get(name);
    if (list == null) {
      throw new IllegalArgumentException("the lexicon has no list '" + name + "'");
    }
    return list;
  }
}
