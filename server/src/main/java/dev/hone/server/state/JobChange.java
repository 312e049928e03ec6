package dev.hone.server.state;

import dev.hone.server.api.FileObject;
import dev.hone.server.api.JobEvent.Level;
import dev.hone.server.api.JobEvent.Type;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What happens to a job, all of it at once or nothing.
///
/// @param checkpoints that are new
/// @param adapter of the model that it made, relative to the data directory
/// @param results whose contents were written
public record JobChange(
    JobState state,
    JobProgress progress,
    List<Event> events,
    List<Checkpoint> checkpoints,
    Optional<Path> adapter,
    List<FileObject> results) {
  /// An event to be added.
  public record Event(Instant at, Level level, String message, Type type, ObjectNode data) {}

  /// A checkpoint to be added.
  ///
  /// @param adapter its directory, relative to the data directory
  public record Checkpoint(Instant at, long step, ObjectNode metrics, Path adapter) {}

  /// Nothing yet.
  public static JobChange of(StoredJob job) {
    return new JobChange(
        job.state(), job.progress(), List.of(), List.of(), Optional.empty(), List.of());
  }

  public JobChange to(JobState next) {
    return new JobChange(next, progress, events, checkpoints, adapter, results);
  }

  public JobChange to(JobProgress next) {
    return new JobChange(state, next, events, checkpoints, adapter, results);
  }

  public JobChange with(Event event) {
    return new JobChange(state, progress, and(events, event), checkpoints, adapter, results);
  }

  /// With an event that only says something.
  public JobChange say(Instant at, Level level, String message) {
    return with(new Event(at, level, message, Type.MESSAGE, JsonNodeFactory.instance.objectNode()));
  }

  public JobChange with(Checkpoint checkpoint) {
    return new JobChange(state, progress, events, and(checkpoints, checkpoint), adapter, results);
  }

  /// With the model that was made.
  public JobChange withModel(Path made) {
    return new JobChange(state, progress, events, checkpoints, Optional.of(made), results);
  }

  /// With a file of results, which the job then names.
  public JobChange with(FileObject result) {
    return new JobChange(
        state.withResult(result.id()),
        progress,
        events,
        checkpoints,
        adapter,
        and(results, result));
  }

  private static <T> List<T> and(List<T> list, T one) {
    var longer = new ArrayList<>(list);
    longer.add(one);
    return List.copyOf(longer);
  }
}
