package dev.hone.tune.run;

/// The names that a run leaves in its directory beside the result.
final class RunFiles {
  static final String PROBE_TOKENS = "probe.tokens";

  private RunFiles() {}

  /// Whether a file may stand in a directory where no run has begun yet: a run that was killed
  /// while it read the data leaves such, and so does a file manager.
  static boolean isFromBeforeTheStart(String name) {
    return name.startsWith(".")
        || name.endsWith(".tokens")
        || name.equals("valid.jsonl")
        || name.equals("split.json");
  }
}
