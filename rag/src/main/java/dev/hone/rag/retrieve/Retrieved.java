package dev.hone.rag.retrieve;

import dev.hone.rag.store.StoredPassage;

/// A passage that answers a question, perhaps.
///
/// @param score of the fusion: comparable within one question only
/// @param cosine between question and passage; 0 where the search by vectors did not find it
/// @param coverage which share of the question's words it has, weighted by how rare they are
public record Retrieved(StoredPassage passage, double score, double cosine, double coverage) {
  /// How likely it is that the passage is about the question at all: `2 · cosine + coverage`. Of
  /// the scores tried, the one that best tells questions whose subject is not in the documents.
  public double relevance() {
    return relevance(cosine, coverage);
  }

  /// The same of a passage that has these.
  public static double relevance(double cosine, double coverage) {
    return 2 * cosine + coverage;
  }
}
