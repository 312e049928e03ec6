package dev.hone.agent;

/// A call that a model made.
///
/// @param tool its name; empty where it cannot be read
/// @param arguments as the model wrote them
/// @param result what the model was told
public record MadeCall(String tool, String arguments, Outcome outcome, String result) {
  /// Whether the model was told of an error.
  boolean isError() {
    return outcome != Outcome.RIGHT && outcome != Outcome.REPEATED;
  }
}
