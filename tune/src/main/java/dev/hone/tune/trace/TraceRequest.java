package dev.hone.tune.trace;

import dev.hone.model.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What traces are to become rows.
///
/// @param files of traces
/// @param out where the rows go
/// @param tools a file of tools, for traces that name none
/// @param success which traces succeeded; empty where all did
public record TraceRequest(
    List<Path> files, Path out, Optional<Path> tools, Optional<Success> success) {
  public TraceRequest {
    files = List.copyOf(files);
    for (var file : files) {
      if (file.toAbsolutePath().normalize().equals(out.toAbsolutePath().normalize())) {
        throw new UsageException(
            "--out %s is one of the files that are read".formatted(out), "name another file");
      }
    }
    if (!out.toString().endsWith(".jsonl")) {
      throw new UsageException(
          "--out %s: rows are written as JSON Lines".formatted(out), "end its name with .jsonl");
    }
  }
}
