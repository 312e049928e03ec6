package dev.hone.server.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.hone.tune.data.Finding;
import dev.hone.tune.data.Problem;

/// A line that cannot be trained on.
///
/// @param file `training_file` or `validation_file`
/// @param line from 1; 0 for the file as a whole
/// @param code of the rule that it breaks
/// @param field where in the line; empty for all of it
record Offence(
    @JsonProperty("file") String file,
    @JsonProperty("line") long line,
    @JsonProperty("code") String code,
    @JsonProperty("field") String field,
    @JsonProperty("message") String message) {
  static final String TRAINING = "training_file";
  static final String VALIDATION = "validation_file";

  static Offence of(String file, long line, Problem problem) {
    return new Offence(file, line, problem.check().code(), problem.field(), problem.message());
  }

  static Offence of(Finding finding) {
    boolean isTraining = finding.file().endsWith(JobFiles.TRAIN);
    return of(isTraining ? TRAINING : VALIDATION, finding.line(), finding.problem());
  }
}
