package dev.hone.server.grader;

import java.util.Locale;

/// Why a grader could give no reward. There are more in the API, of what never happens here.
enum GradingError {
  /// The sample is no JSON, and a grader reads it as such.
  SAMPLE_PARSE,
  /// A variable is not there.
  INVALID_VARIABLE,
  /// The formula's result is no number.
  OTHER,
  /// The model could not be asked.
  MODEL_GRADER_SERVER,
  /// The model's answer was cut off.
  MODEL_GRADER_PARSE;

  /// As the API has it.
  String label() {
    return name().toLowerCase(Locale.ROOT) + "_error";
  }
}
