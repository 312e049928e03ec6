package dev.hone.agent;

import java.util.Locale;

/// What a call of a tool is, beside the recorded ones.
public enum Outcome {
  RIGHT("right"),
  REPEATED("repeated call"),
  WRONG_TOOL("another tool than recorded"),
  UNKNOWN_TOOL("tool that is not on offer"),
  INVENTED_ARGUMENT("invented argument"),
  WRONG_ARGUMENTS("wrong or missing argument"),
  UNREADABLE("call that is no JSON");

  private final String words;

  Outcome(String words) {
    this.words = words;
  }

  public String words() {
    return words;
  }

  /// The name that reports carry, such as `wrong_tool`.
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
