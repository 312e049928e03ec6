package dev.hone.ladder.cost;

import com.fasterxml.jackson.annotation.JsonProperty;

/// What an item of the price book is.
public enum ItemKind {
  /// A hosted model, paid by tokens.
  @JsonProperty("model")
  MODEL,
  /// A model tuned at its provider: its training and its use.
  @JsonProperty("tuned")
  TUNED,
  /// A place at a provider where a tuned model runs, paid by the hour.
  @JsonProperty("deployment")
  DEPLOYMENT,
  @JsonProperty("machine")
  MACHINE,
  @JsonProperty("embedding")
  EMBEDDING,
  /// A store of vectors.
  @JsonProperty("index")
  INDEX
}
