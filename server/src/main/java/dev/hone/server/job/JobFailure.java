package dev.hone.server.job;

import dev.hone.server.api.FileObject;
import dev.hone.server.api.JobError;
import dev.hone.server.api.JobEvent.Level;
import dev.hone.server.api.JobEvent.Type;
import dev.hone.server.state.Files;
import dev.hone.server.state.JobChange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The end of a job that failed: why, and every line that is to blame, in the event's data and in a
/// file of results.
///
/// @param offences may be empty
/// @param file with them
record JobFailure(JobError error, List<Offence> offences, Optional<FileObject> file) {
  /// How many lines the event itself has at most; the file has all.
  private static final int IN_EVENT = 10_000;

  private static final JsonMapper JSON = JsonMapper.shared();

  static JobFailure of(JobError error, List<Offence> offences, Files files) throws IOException {
    if (offences.isEmpty()) {
      return new JobFailure(error, offences, Optional.empty());
    }
    var lines = new StringBuilder();
    offences.forEach(one -> lines.append(JSON.writeValueAsString(one)).append('\n'));
    var bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    var file = files.prepareResult("invalid_lines.jsonl", new ByteArrayInputStream(bytes));
    return new JobFailure(error, offences, Optional.of(file));
  }

  /// The lines that a worker has written down.
  static List<Offence> read(Path file) throws IOException {
    if (java.nio.file.Files.notExists(file)) {
      return List.of();
    }
    var offences = new ArrayList<Offence>();
    for (var line : java.nio.file.Files.readAllLines(file)) {
      offences.add(JSON.readValue(line, Offence.class));
    }
    return offences;
  }

  /// Ends a job with it.
  JobChange end(JobChange change, Instant now) {
    var failed =
        change
            .to(change.state().failed(now, error))
            .with(new JobChange.Event(now, Level.ERROR, error.message(), Type.MESSAGE, data()));
    return file.map(failed::with).orElse(failed);
  }

  private ObjectNode data() {
    var data =
        JsonNodeFactory.instance
            .objectNode()
            .put("error_code", error.code())
            .put("error_param", error.param().orElse(null));
    if (!offences.isEmpty()) {
      data.put("invalid_lines_total", offences.size());
      var lines = data.putArray("invalid_lines");
      offences.stream().limit(IN_EVENT).forEach(one -> lines.add(JSON.valueToTree(one)));
    }
    return data;
  }
}
