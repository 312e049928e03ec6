package dev.hone.model.adapter;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a training row looked like, which says how a model that learned from such rows wants to be
/// asked.
public enum RowShape {
  /// A conversation, `messages`.
  CHAT,
  /// A `prompt` and its `completion`.
  COMPLETION,
  /// Plain `text`.
  TEXT;

  /// As files have it: in lower case.
  public String json() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<RowShape> byName(String json) {
    return Arrays.stream(values()).filter(shape -> shape.json().equals(json)).findFirst();
  }
}
