package dev.hone.server.job;

import dev.hone.server.api.ApiException;
import dev.hone.server.state.Ids;
import dev.hone.server.state.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Says of a file what a job that trains on it would: before there is a job.
public final class FileChecks {
  /// How many wrong lines an answer has at most.
  private static final int IN_ANSWER = 10_000;

  private static final JsonMapper JSON = JsonMapper.shared();

  private final State state;

  public FileChecks(State state) {
    this.state = state;
  }

  /// `{object, file, valid, examples, error, invalid_lines, invalid_lines_total}`; what only the
  /// model's tokenizer and template can tell is told by the job itself.
  ///
  /// @throws ApiException where the tenant has no such file, or no job may have it
  public ObjectNode check(String tenant, String id) throws IOException {
    var purpose = state.files().retrieve(tenant, id).purpose();
    if (!purpose.equals("fine-tune")) {
      throw ApiException.invalid(
          "id",
          "invalid_file_purpose",
          "File '%s' has purpose '%s'; only files of purpose 'fine-tune' are trained on."
              .formatted(id, purpose));
    }
    return json(id, verdict(state.files().content(tenant, id)));
  }

  /// The reader tells the kind of a file by its name, and contents have none. A directory that a
  /// crash leaves is removed with those of jobs that are no more.
  private FileVerdict verdict(Path content) throws IOException {
    var files = new JobFiles(state.jobs().directory(Ids.next("check-")));
    Files.createDirectories(files.directory());
    try {
      JobFiles.link(content, files.train());
      return FileCheck.check(files.train(), Optional.empty());
    } finally {
      Files.deleteIfExists(files.train());
      Files.delete(files.directory());
    }
  }

  private static ObjectNode json(String id, FileVerdict verdict) {
    var json = JsonNodeFactory.instance.objectNode().put("object", "file.check").put("file", id);
    return switch (verdict) {
      case FileVerdict.Valid(var examples) -> {
        json.put("valid", true).put("examples", examples).putNull("error");
        yield withLines(json, List.of());
      }
      case FileVerdict.Invalid(var error, var offences) -> {
        json.put("valid", false).putNull("examples");
        json.putObject("error").put("code", error.code()).put("message", error.message());
        yield withLines(json, offences);
      }
    };
  }

  private static ObjectNode withLines(ObjectNode json, List<Offence> offences) {
    json.put("invalid_lines_total", offences.size());
    var lines = json.putArray("invalid_lines");
    offences.stream().limit(IN_ANSWER).forEach(one -> lines.add(JSON.valueToTree(one)));
    return json;
  }
}
