package dev.hone.server.state;

import dev.hone.server.api.ApiException;
import dev.hone.server.api.FineTuningJob;
import dev.hone.server.api.JobCheckpoint;
import dev.hone.server.api.JobEvent;
import dev.hone.server.api.JobStatus;
import dev.hone.server.api.Page;
import dev.hone.server.api.PageRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Fine-tuning jobs with their events and checkpoints.
public final class JobStore {
  /// How many checkpoints of a job are kept, the last ones.
  public static final int KEPT_CHECKPOINTS = 3;

  private static final String METADATA = "select 1 from hone_job_metadata where job = hone_job.id";

  private final Database database;
  private final Tenants tenants;
  private final Path data;

  JobStore(Database database, Tenants tenants, Path data) {
    this.database = database;
    this.tenants = tenants;
    this.data = data;
  }

  /// Where a job's files are.
  public Path directory(String id) {
    return data.resolve(State.JOBS).resolve(id);
  }

  /// In the data directory.
  public Path relative(Path inside) {
    return data.relativize(inside);
  }

  /// Adds a job.
  public StoredJob create(NewJob job, JobState state, JobChange.Event event) throws IOException {
    return database.write(sql -> {
      tenants.requireJob(sql, job.tenant());
      JobRows.insert(sql, job, state);
      JobRows.insert(sql, job.id(), event);
      return find(sql, job.id());
    });
  }

  /// @throws ApiException where the tenant has no such job
  public StoredJob retrieve(String tenant, String id) throws IOException {
    return database.read(sql -> {
      requireOwner(sql, tenant, id);
      return find(sql, id);
    });
  }

  private static void requireOwner(Sql sql, String tenant, String id) throws SQLException {
    if (sql.number("select count(*) from hone_job where tenant = ? and id = ?", tenant, id) == 0) {
      throw ApiException.notFound(
          "fine_tune_id", "fine_tune_not_found", "Could not find fine tune: " + id);
    }
  }

  private static StoredJob find(Sql sql, String id) throws SQLException {
    var metadata = JobRows.metadata(sql, "?", id);
    return sql.first(row -> JobRows.read(row, metadata), "select * from hone_job where id = ?", id)
        .orElseThrow(() -> new IllegalStateException("no job " + id));
  }

  /// Newest first.
  public Page<FineTuningJob> list(String tenant, MetadataFilter filter, PageRequest page)
      throws IOException {
    var all = Listing.of("hone_job", "tenant = ?", tenant);
    var listing =
        switch (filter) {
          case MetadataFilter.Any any -> all;
          case MetadataFilter.Absent absent ->
              all.filtered("not exists (" + METADATA + ")", List.of());
          case MetadataFilter.Has(var pairs) -> filtered(all, pairs);
        };
    return database.read(sql -> {
      var metadata = JobRows.metadata(sql, "select id from hone_job where tenant = ?", tenant);
      return listing.page(sql, row -> JobRows.read(row, metadata).object(), page);
    });
  }

  /// How many of all tenants there are, by status.
  public Map<JobStatus, Long> counts() throws IOException {
    var counts = new EnumMap<JobStatus, Long>(JobStatus.class);
    for (var status : JobStatus.values()) {
      counts.put(status, 0L);
    }
    return database.read(sql -> {
      sql.list(
          row -> counts.put(JobStatus.of(row.getString(1)), row.getLong(2)),
          "select status, count(*) from hone_job group by status");
      return counts;
    });
  }

  private static Listing filtered(Listing all, Map<String, String> pairs) {
    var values = new ArrayList<Object>();
    var conditions = new ArrayList<String>(List.of("1 = 1"));
    pairs.forEach((name, value) -> {
      conditions.add("exists (" + METADATA + " and name = ? and value = ?)");
      values.add(name);
      values.add(value);
    });
    return all.filtered(String.join(" and ", conditions), values);
  }

  /// Newest first.
  public Page<JobEvent> events(String tenant, String id, PageRequest page) throws IOException {
    return database.read(sql -> {
      requireOwner(sql, tenant, id);
      return Listing.of("hone_job_event", "job = ?", id).page(sql, JobRows::event, page);
    });
  }

  /// Newest first.
  public Page<JobCheckpoint> checkpoints(String tenant, String id, PageRequest page)
      throws IOException {
    return database.read(sql -> {
      requireOwner(sql, tenant, id);
      return Listing.of("hone_job_checkpoint", "job = ?", id).page(sql, JobRows::checkpoint, page);
    });
  }

  /// The job that has been in a status for longest, paused ones aside.
  public Optional<StoredJob> next(JobStatus status) throws IOException {
    return database.read(sql -> {
      var id =
          sql.first(
              row -> row.getString(1),
              "select id from hone_job where status = ? and is_paused = 0 order by seq limit 1",
              status.label());
      return id.isEmpty() ? Optional.empty() : Optional.of(find(sql, id.get()));
    });
  }

  /// All jobs that have ended, of all tenants.
  public List<StoredJob> ended() throws IOException {
    return database.read(sql ->
        sql.list(
            row -> JobRows.read(row, Map.of()),
            "select * from hone_job where status in ('succeeded', 'failed', 'cancelled')"));
  }

  /// Directories of the models that a job has made.
  public Set<Path> adapters(String id) throws IOException {
    return new HashSet<>(
        database.read(sql ->
            sql.list(
                row -> data.resolve(row.getString(1)),
                "select directory from hone_model where job = ?",
                id)));
  }

  /// The server's own reading, of whatever tenant's job.
  public StoredJob current(String id) throws IOException {
    return database.read(sql -> find(sql, id));
  }

  /// Changes a job in one transaction, as it stands then.
  ///
  /// @param step what happens to it; empty for nothing
  /// @return the job after that
  public StoredJob change(String id, Function<StoredJob, Optional<JobChange>> step)
      throws IOException {
    var forgotten = new ArrayList<Path>();
    var changed =
        database.write(sql -> {
          var job = find(sql, id);
          var change = step.apply(job);
          if (change.isPresent()) {
            forgotten.addAll(apply(sql, job.job(), change.get()));
          }
          return find(sql, id);
        });
    for (var adapter : forgotten) {
      Models.deleteTree(data.resolve(adapter));
    }
    return changed;
  }

  /// @return adapters that are no longer kept
  private static List<Path> apply(Sql sql, NewJob job, JobChange change) throws SQLException {
    for (var event : change.events()) {
      JobRows.insert(sql, job.id(), event);
    }
    for (var checkpoint : change.checkpoints()) {
      JobRows.insert(sql, job, checkpoint);
      Models.insert(
          sql,
          model(job, job.checkpointName(checkpoint.step()), checkpoint.at(), checkpoint.adapter()));
    }
    for (var result : change.results()) {
      Files.insert(sql, job.tenant(), result);
    }
    if (change.adapter().isPresent()) {
      var at = change.state().finishedAt().orElseThrow();
      Models.insert(sql, model(job, job.modelName(), at, change.adapter().get()));
    }
    JobRows.update(sql, job.id(), change.state(), change.progress());
    return forgetOldCheckpoints(sql, job.id());
  }

  private static ModelEntry model(NewJob job, String name, Instant at, Path adapter) {
    return new ModelEntry(name, job.tenant(), at, job.model(), job.id(), adapter);
  }

  private static List<Path> forgetOldCheckpoints(Sql sql, String job) throws SQLException {
    var names =
        sql.list(
            row -> row.getString(1),
            "select model from hone_job_checkpoint where job = ? order by step desc",
            job);
    var adapters = new ArrayList<Path>();
    for (var name : names.subList(Math.min(KEPT_CHECKPOINTS, names.size()), names.size())) {
      adapters.addAll(
          sql.list(
              row -> Path.of(row.getString(1)),
              "select directory from hone_model where name = ?",
              name));
      sql.update("delete from hone_job_checkpoint where model = ?", name);
      sql.update("delete from hone_model where name = ?", name);
    }
    return adapters;
  }

  /// Deletes the directories that no row speaks of.
  void deleteLeftovers() throws IOException {
    var ids = ids();
    var jobs = data.resolve(State.JOBS);
    try (var dirs =
        java.nio.file.Files.newDirectoryStream(jobs, java.nio.file.Files::isDirectory)) {
      for (var dir : dirs) {
        if (!ids.contains(dir.getFileName().toString())) {
          Models.deleteTree(dir);
        }
      }
    }
  }

  private Set<String> ids() throws IOException {
    return new HashSet<>(
        database.read(sql -> sql.list(row -> row.getString(1), "select id from hone_job")));
  }
}
