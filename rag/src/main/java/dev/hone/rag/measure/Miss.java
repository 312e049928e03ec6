package dev.hone.rag.measure;

/// Why a question's document was not among the passages that a model would see.
public enum Miss {
  /// No such document or record is in the index.
  NOT_INDEXED("not in the index"),
  /// Neither words nor vectors have it among their first hundred.
  NOT_FOUND("found by neither leg"),
  /// A leg has it, and others stand before it.
  TOO_LOW("found, but below the first five");

  private final String words;

  Miss(String words) {
    this.words = words;
  }

  public String words() {
    return words;
  }
}
