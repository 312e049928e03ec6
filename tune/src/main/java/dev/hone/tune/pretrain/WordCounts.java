package dev.hone.tune.pretrain;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// How often each word of a corpus occurs, where a word is what no merge of a tokenizer crosses.
///
/// Memory is bounded: where more words are there than are kept, those seen least are forgotten,
/// which takes nothing from a vocabulary of common pieces.
final class WordCounts {
  /// Contractions; letters, with one sign or space before them; up to three digits; other signs;
  /// line ends; spaces. In the spirit of the patterns of GPT-4 and Llama 3; written so that Java
  /// and Hugging Face's tokenizers read it alike.
  static final String PATTERN =
      "'(?:[sdmtSDMT]|ll|LL|ve|VE|re|RE)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final Pattern WORD = Pattern.compile(PATTERN);
  private static final int MOST_WORDS = 2_000_000;

  private final int mostWords;
  private Map<String, Long> counts = new HashMap<>();
  private long atLeast = 1;

  WordCounts() {
    this(MOST_WORDS);
  }

  WordCounts(int mostWords) {
    this.mostWords = mostWords;
  }

  void add(String text) {
    var words = WORD.matcher(text);
    while (words.find()) {
      counts.merge(words.group(), 1L, Long::sum);
    }
    while (counts.size() > mostWords) {
      forgetRare();
    }
  }

  private void forgetRare() {
    atLeast++;
    counts.values().removeIf(count -> count < atLeast);
    counts = new HashMap<>(counts);
  }

  /// Words with their counts.
  Map<String, Long> counts() {
    return counts;
  }
}
