package dev.hone.rag.retrieve;

import java.io.IOException;
import java.util.List;

/// Judges passages once more, each together with the question: a cross-encoder, say.
@FunctionalInterface
public interface Reranker {
  /// How well each passage answers, in the order given; the more the better.
  List<Double> scores(String question, List<String> passages) throws IOException;
}
