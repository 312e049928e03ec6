package dev.hone.hub;

/// Told how a download goes.
public interface HubListener {
  /// Something that the user should know.
  void note(String text);

  /// Bytes are about to come; not called where everything is there already.
  ///
  /// @param done bytes that are there from an earlier attempt
  /// @param total bytes of all files that are missing
  void begin(long done, long total);

  /// Some more are there; fewer than before where a file has to begin anew.
  void moved(long done, long total);
}
