package dev.hone.server.job;

import dev.hone.server.api.JobError;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether a job's files can be trained on, as far as reading them tells.
sealed interface FileVerdict {
  /// They can.
  ///
  /// @param examples in the training file
  record Valid(long examples) implements FileVerdict {}

  /// They cannot.
  ///
  /// @param offences every line that is wrong
  record Invalid(JobError error, List<Offence> offences) implements FileVerdict {
    public Invalid {
      offences = List.copyOf(offences);
    }
  }

  /// The fewest examples that are trained on.
  int LEAST_EXAMPLES = 10;

  Pattern MESSAGE = Pattern.compile("(?:messages|prompt|completion)\\[(\\d+)]\\.?(.*)");

  /// Too few rows, in OpenAI's words.
  static Invalid tooFew(String file, long examples, int least) {
    var name = file.equals(Offence.TRAINING) ? "Training" : "Validation";
    var message =
        "%s file has %d example(s), but must have at least %d examples"
            .formatted(name, examples, least);
    return new Invalid(new JobError("invalid_n_examples", message, Optional.of(file)), List.of());
  }

  /// Bad rows, in OpenAI's words for the first of them.
  static Invalid badRows(List<Offence> offences) {
    var first = offences.getFirst();
    boolean isTraining = first.file().equals(Offence.TRAINING);
    var message =
        "The job failed due to an invalid %s file. %s"
            .formatted(isTraining ? "training" : "validation", words(first));
    var code = isTraining ? "invalid_training_file" : "invalid_validation_file";
    return new Invalid(new JobError(code, message, Optional.of(first.file())), offences);
  }

  private static String words(Offence offence) {
    if (offence.code().equals("unknown_shape")) {
      return "Unexpected file format, expected either prompt/completion pairs or chat messages.";
    }
    if (offence.line() == 0) {
      return "Invalid file format. The file " + offence.message();
    }
    var example = "Invalid file format. Example " + offence.line();
    var message = MESSAGE.matcher(offence.field());
    return message.matches()
        ? example + ", message " + messageWords(message, offence)
        : "%s %s".formatted(example, withField(offence.field(), offence.message()));
  }

  private static String messageWords(Matcher message, Offence offence) {
    long number = Long.parseLong(message.group(1)) + 1;
    if (message.group(2).equals("role") && offence.code().equals("missing_field")) {
      return number + " Discriminator 'role' is missing in value";
    }
    return "%d %s".formatted(number, withField(message.group(2), offence.message()));
  }

  private static String withField(String field, String message) {
    return field.isEmpty() ? message : field + ": " + message;
  }
}
