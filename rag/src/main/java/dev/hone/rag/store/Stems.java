package dev.hone.rag.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/// Words as they are searched: lower case, without English stop words, stemmed (Porter).
final class Stems {
  static final Analyzer ANALYZER = new EnglishAnalyzer();

  private Stems() {}

  /// The different stems of a text, in the order of their first use.
  static Set<String> of(String text) {
    return counts(text).keySet();
  }

  /// The same, each with how often it is there.
  static Map<String, Integer> counts(String text) {
    var counts = new LinkedHashMap<String, Integer>();
    try (var tokens = ANALYZER.tokenStream(LuceneFields.BODY, text)) {
      var term = tokens.addAttribute(CharTermAttribute.class);
      tokens.reset();
      while (tokens.incrementToken()) {
        counts.merge(term.toString(), 1, Integer::sum);
      }
      tokens.end();
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory cannot fail to be read", e);
    }
    return counts;
  }
}
