package example.teashop;

import com.fasterxml.jackson.annotation.JsonProperty;

/// What somebody orders. What isn't required, the model may leave out.
///
/// @param tins how many
/// @param express whether it is in a hurry
record Order(
    @JsonProperty(required = true) Tea tea,
    @JsonProperty(required = true) int tins,
    @JsonProperty(required = true) boolean express) {}
