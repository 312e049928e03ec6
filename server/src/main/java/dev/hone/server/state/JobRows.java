package dev.hone.server.state;

import dev.hone.server.api.Hyperparameters;
import dev.hone.server.api.JobCheckpoint;
import dev.hone.server.api.JobError;
import dev.hone.server.api.JobEvent;
import dev.hone.server.api.JobEvent.Level;
import dev.hone.server.api.JobEvent.Type;
import dev.hone.server.api.JobStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Jobs, events and checkpoints as rows.
final class JobRows {
  private static final JsonMapper JSON = JsonMapper.shared();

  private JobRows() {}

  static void insert(Sql sql, NewJob job, JobState state) throws SQLException {
    sql.update(
        "insert into hone_job(id, tenant, seq, created_at, model, training_file, validation_file,"
            + " seed, suffix, name_end, status, is_paused, result_files, report_offset,"
            + " reported_step, saved_step, failed_starts) values (?, ?,"
            + " (select coalesce(max(seq), 0) + 1 from hone_job), ?, ?, ?, ?, ?, ?, ?, ?, 0, '',"
            + " 0, 0, 0, 0)",
        job.id(),
        job.tenant(),
        job.createdAt(),
        job.model(),
        job.trainingFile(),
        job.validationFile(),
        job.seed(),
        job.suffix(),
        job.nameEnd(),
        state.status().label());
    for (var pair : job.metadata().entrySet()) {
      sql.update(
          "insert into hone_job_metadata(job, name, value) values (?, ?, ?)",
          job.id(),
          pair.getKey(),
          pair.getValue());
    }
    update(sql, job.id(), state, JobProgress.NONE);
  }

  static void update(Sql sql, String id, JobState state, JobProgress progress) throws SQLException {
    var hyper = state.hyperparameters();
    sql.update(
        "update hone_job set status = ?, is_paused = ?, finished_at = ?, fine_tuned_model = ?,"
            + " epochs = ?, batch_size = ?, rate_multiplier = ?, result_files = ?,"
            + " trained_tokens = ?, error_code = ?, error_message = ?, error_param = ?,"
            + " estimated_finish = ?, report_offset = ?, reported_step = ?, saved_step = ?,"
            + " failed_starts = ? where id = ?",
        state.status().label(),
        state.isPaused(),
        state.finishedAt(),
        state.fineTunedModel(),
        hyper.epochs(),
        hyper.batchSize(),
        hyper.learningRateMultiplier(),
        String.join(",", state.resultFiles()),
        state.trainedTokens(),
        state.error().map(JobError::code),
        state.error().map(JobError::message),
        state.error().flatMap(JobError::param),
        state.estimatedFinish(),
        progress.offset(),
        progress.reportedStep(),
        progress.savedStep(),
        progress.failedStarts(),
        id);
  }

  static void insert(Sql sql, String job, JobChange.Event event) throws SQLException {
    sql.update(
        "insert into hone_job_event(id, job, seq, created_at, level, message, type, data) values"
            + " (?, ?, (select coalesce(max(seq), 0) + 1 from hone_job_event where job = ?),"
            + " ?, ?, ?, ?, ?)",
        Ids.next("ftevent-"),
        job,
        job,
        event.at(),
        event.level().label(),
        event.message(),
        event.type().label(),
        event.data().toString());
  }

  /// A checkpoint that is there already stays as it is.
  static void insert(Sql sql, NewJob job, JobChange.Checkpoint checkpoint) throws SQLException {
    sql.update(
        "insert into hone_job_checkpoint(id, job, seq, created_at, step, model, metrics) values"
            + " (?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
        Ids.next("ftckpt_"),
        job.id(),
        checkpoint.step(),
        checkpoint.at(),
        checkpoint.step(),
        job.checkpointName(checkpoint.step()),
        checkpoint.metrics().toString());
  }

  /// @param metadata by the job's id
  static StoredJob read(ResultSet row, Map<String, Map<String, String>> metadata)
      throws SQLException {
    var id = row.getString("id");
    var job =
        new NewJob(
            id,
            row.getString("tenant"),
            Sql.time(row, "created_at"),
            row.getString("model"),
            row.getString("training_file"),
            Sql.text(row, "validation_file"),
            row.getLong("seed"),
            Sql.text(row, "suffix"),
            row.getString("name_end"),
            metadata.getOrDefault(id, Map.of()));
    return new StoredJob(job, state(row), progress(row));
  }

  private static JobState state(ResultSet row) throws SQLException {
    return new JobState(
        JobStatus.of(row.getString("status")),
        row.getLong("is_paused") == 1,
        Sql.maybeTime(row, "finished_at"),
        Sql.text(row, "fine_tuned_model"),
        hyperparameters(row),
        resultFiles(row.getString("result_files")),
        Sql.maybeLong(row, "trained_tokens"),
        error(row),
        Sql.maybeTime(row, "estimated_finish"));
  }

  private static List<String> resultFiles(String text) {
    return Arrays.stream(text.split(",")).filter(id -> !id.isEmpty()).toList();
  }

  private static Optional<JobError> error(ResultSet row) throws SQLException {
    var message = row.getString("error_message");
    var param = Sql.text(row, "error_param");
    return Sql.text(row, "error_code").map(code -> new JobError(code, message, param));
  }

  private static Hyperparameters hyperparameters(ResultSet row) throws SQLException {
    double multiplier = row.getDouble("rate_multiplier");
    var rate = row.wasNull() ? OptionalDouble.empty() : OptionalDouble.of(multiplier);
    return new Hyperparameters(number(row, "epochs"), number(row, "batch_size"), rate);
  }

  private static OptionalInt number(ResultSet row, String column) throws SQLException {
    return Sql.maybeLong(row, column)
        .map(value -> OptionalInt.of(value.intValue()))
        .orElse(OptionalInt.empty());
  }

  private static JobProgress progress(ResultSet row) throws SQLException {
    return new JobProgress(
        row.getLong("report_offset"),
        row.getLong("reported_step"),
        row.getLong("saved_step"),
        (int) row.getLong("failed_starts"));
  }

  /// The metadata of some jobs.
  ///
  /// @param jobs a query that gives their ids
  static Map<String, Map<String, String>> metadata(Sql sql, String jobs, Object... values)
      throws SQLException {
    return sql
        .list(
            row -> List.of(row.getString("job"), row.getString("name"), row.getString("value")),
            "select job, name, value from hone_job_metadata where job in (" + jobs + ")",
            values)
        .stream()
        .collect(
            Collectors.groupingBy(List::getFirst, Collectors.toMap(r -> r.get(1), r -> r.get(2))));
  }

  static JobEvent event(ResultSet row) throws SQLException {
    return new JobEvent(
        row.getString("id"),
        Sql.time(row, "created_at"),
        Level.valueOf(row.getString("level").toUpperCase(Locale.ROOT)),
        row.getString("message"),
        Type.valueOf(row.getString("type").toUpperCase(Locale.ROOT)),
        (ObjectNode) JSON.readTree(row.getString("data")));
  }

  static JobCheckpoint checkpoint(ResultSet row) throws SQLException {
    return new JobCheckpoint(
        row.getString("id"),
        Sql.time(row, "created_at"),
        row.getString("model"),
        row.getString("job"),
        row.getLong("step"),
        (ObjectNode) JSON.readTree(row.getString("metrics")));
  }
}
