package dev.hone.ladder.climb;

/// Who shows a climb to its user.
public interface ClimbListener {
  /// A rung is being made.
  ///
  /// @param total 0 where it is unknown
  void building(String rung, String what, long done, long total);

  /// A rung has answered.
  ///
  /// @param done rows of this part
  /// @param total rows that it is asked now
  void asked(String rung, int done, int total);

  /// Something to be told.
  void note(String text);
}
