package dev.hone.ladder.cost;

import com.fasterxml.jackson.annotation.JsonProperty;

/// What a price is for.
public enum Unit {
  @JsonProperty("input")
  INPUT("1M input tokens"),
  @JsonProperty("cached_input")
  CACHED_INPUT("1M cached input tokens"),
  @JsonProperty("cache_write")
  CACHE_WRITE("1M tokens written to the cache"),
  @JsonProperty("output")
  OUTPUT("1M output tokens"),
  @JsonProperty("training")
  TRAINING("1M training tokens"),
  @JsonProperty("training_hour")
  TRAINING_HOUR("hour of training"),
  @JsonProperty("hour")
  HOUR("hour"),
  @JsonProperty("month")
  MONTH("month"),
  @JsonProperty("cached_token_hour")
  CACHED_TOKEN_HOUR("1M tokens kept in the cache for an hour"),
  @JsonProperty("gb_month")
  GB_MONTH("GB and month"),
  @JsonProperty("writes")
  WRITES("1M write units"),
  @JsonProperty("reads")
  READS("1M read units"),
  @JsonProperty("dimensions")
  DIMENSIONS("1M numbers of vectors"),
  @JsonProperty("compute_units")
  COMPUTE_UNITS("1M compute units");

  private final String words;

  Unit(String words) {
    this.words = words;
  }

  /// Behind "per".
  public String words() {
    return words;
  }
}
