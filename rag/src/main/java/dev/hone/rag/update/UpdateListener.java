package dev.hone.rag.update;

/// Who shows an update to its user.
public interface UpdateListener {
  /// Some more is done.
  ///
  /// @param done bytes of the files that are done with; of the one at hand, by its passages
  /// @param total bytes of all files
  void progressed(long done, long total);

  /// A file could not be read, and is left out.
  void failed(String source, String reason);
}
