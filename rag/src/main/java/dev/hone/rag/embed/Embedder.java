package dev.hone.rag.embed;

import java.util.List;

/// Turns texts into vectors of length 1, whose dot product says how alike they are. Safe for use by
/// several threads.
public interface Embedder extends AutoCloseable {
  /// What the vectors depend on; those of another fingerprint cannot be compared with them.
  String fingerprint();

  /// Elements of a vector.
  int dimension();

  /// The most tokens of a text, without special ones.
  int maxTokens();

  /// Tokens of a text, without special ones.
  int countTokens(String text);

  /// The vector of each passage, in the order given.
  ///
  /// @throws IllegalArgumentException when one has more than [#maxTokens]; nothing is ever cut
  List<float[]> passages(List<String> texts);

  /// The vector of a question, put as the model was trained to see one. A question that is too long
  /// counts with its beginning.
  float[] query(String text);

  @Override
  void close();
}
