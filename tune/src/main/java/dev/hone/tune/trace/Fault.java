package dev.hone.tune.trace;

import java.util.Locale;

/// Why a trace makes no row.
public enum Fault {
  UNREADABLE("is no conversation in a form that Hone reads"),
  NO_MESSAGES("a stored completion without what was asked: put its messages beside it"),
  FAILED("the request failed"),
  CUT("the model's answer was cut off"),
  NO_ANSWER("ends, or goes on, without an answer"),
  NO_TOOLS("calls tools and does not say which there were: name them with --tools"),
  UNKNOWN_TOOL("calls a tool that was not on offer"),
  BAD_ARGUMENTS("calls a tool with arguments that its schema refuses"),
  UNANSWERED_CALL("calls a tool that gives no result"),
  STRAY_RESULT("has a result that no call asked for"),
  TOOL_ERROR("a tool answers with an error");

  private final String words;

  Fault(String words) {
    this.words = words;
  }

  /// What is wrong, behind "a trace".
  public String words() {
    return words;
  }

  /// The name that reports carry, such as `tool_error`.
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
