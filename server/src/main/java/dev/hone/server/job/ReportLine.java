package dev.hone.server.job;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.OptionalDouble;

/// What a worker says, a line of JSON each. `at` is in seconds.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ReportLine.Planned.class, name = "planned"),
  @JsonSubTypes.Type(value = ReportLine.Step.class, name = "step"),
  @JsonSubTypes.Type(value = ReportLine.Checkpoint.class, name = "checkpoint"),
  @JsonSubTypes.Type(value = ReportLine.Saved.class, name = "saved"),
  @JsonSubTypes.Type(value = ReportLine.Succeeded.class, name = "succeeded"),
  @JsonSubTypes.Type(value = ReportLine.Failed.class, name = "failed")
})
sealed interface ReportLine {
  long at();

  /// Training begins, or goes on.
  ///
  /// @param seconds that it will take
  record Planned(long at, long steps, double seconds) implements ReportLine {}

  /// A step was taken.
  record Step(long at, Metrics metrics) implements ReportLine {}

  /// An adapter was written at the end of an epoch, and the run can go on from here.
  record Checkpoint(long at, Metrics metrics) implements ReportLine {}

  /// The run can go on from here.
  record Saved(long at, long step) implements ReportLine {}

  /// The adapter is there.
  ///
  /// @param tokens run through the model in training
  record Succeeded(long at, long tokens) implements ReportLine {}

  /// There will be none.
  ///
  /// @param param `training_file`, `validation_file` or empty
  record Failed(long at, String code, String message, String param) implements ReportLine {}

  /// How a step went.
  ///
  /// @param step from 1
  /// @param total steps of the run
  /// @param loss of the step's batch
  /// @param accuracy share of its targets that were the likeliest token
  /// @param validLoss on all held-out rows, where they were measured after the step
  record Metrics(
      long step,
      long total,
      double loss,
      double accuracy,
      OptionalDouble validLoss,
      OptionalDouble validAccuracy) {
    Metrics measured(double lossOfValid, double accuracyOfValid) {
      return new Metrics(
          step,
          total,
          loss,
          accuracy,
          OptionalDouble.of(lossOfValid),
          OptionalDouble.of(accuracyOfValid));
    }
  }
}
