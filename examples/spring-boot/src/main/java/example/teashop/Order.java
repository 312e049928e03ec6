package example.teashop;

import com.fasterxml.jackson.annotation.JsonProperty;

/// What somebody orders. What isn't required, the model may leave out.
///
/// @param express whether it is in a hurry
record Order(
    @JsonProperty(required = true) Tea tea,
    @JsonProperty(required = true) Pack pack,
    @JsonProperty(required = true) boolean express) {
  enum Pack {
    TIN,
    POUCH
  }
}
