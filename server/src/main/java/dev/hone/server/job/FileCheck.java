package dev.hone.server.job;

import dev.hone.tune.data.Line;
import dev.hone.tune.data.RowReader;
import dev.hone.tune.data.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads a job's files once, a row in memory at a time. What only the model's tokenizer and
/// template can tell is told by the worker.
final class FileCheck {
  private final List<Offence> offences = new ArrayList<>();

  private FileCheck() {}

  static FileVerdict check(Path train, Optional<Path> valid) throws IOException {
    return new FileCheck().verdict(train, valid);
  }

  private FileVerdict verdict(Path train, Optional<Path> valid) throws IOException {
    long examples = read(Offence.TRAINING, train);
    long validExamples = valid.isPresent() ? read(Offence.VALIDATION, valid.get()) : 1;
    if (!offences.isEmpty()) {
      return FileVerdict.badRows(offences);
    }
    if (examples < FileVerdict.LEAST_EXAMPLES) {
      return FileVerdict.tooFew(Offence.TRAINING, examples, FileVerdict.LEAST_EXAMPLES);
    }
    return validExamples == 0
        ? FileVerdict.tooFew(Offence.VALIDATION, 0, 1)
        : new FileVerdict.Valid(examples);
  }

  /// @return rows in the file
  private long read(String name, Path file) throws IOException {
    long rows = 0;
    try (var reader = RowReader.open(new Source(file))) {
      for (var line = reader.next(); line.isPresent(); line = reader.next()) {
        rows++;
        if (line.get() instanceof Line.Broken(var number, var problem)) {
          offences.add(Offence.of(name, number, problem));
        }
      }
    }
    return rows;
  }
}
