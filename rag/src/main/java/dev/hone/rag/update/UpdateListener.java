package dev.hone.rag.update;

/// Who shows an update to its user.
public interface UpdateListener {
  /// A file is done with.
  ///
  /// @param done so many bytes of the files that had to be read are done
  /// @param total bytes of all of them
  void progressed(long done, long total);

  /// A file could not be read, and is left out.
  void failed(String source, String reason);
}
