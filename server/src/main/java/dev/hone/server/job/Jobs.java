package dev.hone.server.job;

import dev.hone.server.api.ApiException;
import dev.hone.server.api.FineTuningJob;
import dev.hone.server.api.JobCheckpoint;
import dev.hone.server.api.JobEvent;
import dev.hone.server.api.JobEvent.Level;
import dev.hone.server.api.JobEvent.Type;
import dev.hone.server.api.Page;
import dev.hone.server.api.PageRequest;
import dev.hone.server.state.Ids;
import dev.hone.server.state.JobChange;
import dev.hone.server.state.JobState;
import dev.hone.server.state.MetadataFilter;
import dev.hone.server.state.NewJob;
import dev.hone.server.state.State;
import dev.hone.server.state.StoredJob;
import dev.hone.server.state.Tenants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.JsonNodeFactory;

/// Fine-tuning jobs, as callers reach them. What they ask for is done by the [JobQueue].
public final class Jobs {
  private static final int NAME_END = 8;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final State state;
  private final JobSettings settings;

  public Jobs(State state, JobSettings settings) {
    this.state = state;
    this.settings = settings;
  }

  /// Creates a job; it is durable when this returns.
  public FineTuningJob create(String tenant, JobRequest request) throws IOException {
    requireBase(request.model());
    var train = content(tenant, "training_file", request.trainingFile());
    var valid =
        request.validationFile().isPresent()
            ? Optional.of(content(tenant, "validation_file", request.validationFile().get()))
            : Optional.<Path>empty();
    var job = job(Tenants.requireName(tenant), request);
    var files = new JobFiles(state.jobs().directory(job.id()));
    try {
      Files.createDirectories(files.directory());
      JobFiles.link(train, files.train());
      if (valid.isPresent()) {
        JobFiles.link(valid.get(), files.valid());
      }
      return state
          .jobs()
          .create(job, JobState.created(request.hyperparameters()), created())
          .object();
    } catch (ApiException e) {
      JobFiles.deleteTree(files.directory());
      throw e;
    }
  }

  private void requireBase(String model) {
    if (!settings.bases().containsKey(model)) {
      throw ApiException.invalid(
          "model",
          "model_not_available",
          "Model %s is not available for fine-tuning or does not exist.".formatted(model));
    }
  }

  private Path content(String tenant, String param, String id) throws IOException {
    try {
      var file = state.files().retrieve(tenant, id);
      if (!file.purpose().equals("fine-tune")) {
        throw ApiException.invalid(
            param,
            "invalid_file_purpose",
            "File '%s' has purpose '%s'; it must be uploaded with purpose 'fine-tune'."
                .formatted(id, file.purpose()));
      }
      return state.files().content(tenant, id);
    } catch (ApiException e) {
      throw e.status() == 404 ? noFile(param, id) : e;
    }
  }

  private static ApiException noFile(String param, String id) {
    return ApiException.invalid(param, "invalid_" + param, "invalid %s: %s".formatted(param, id));
  }

  private static NewJob job(String tenant, JobRequest request) {
    return new NewJob(
        Ids.next("ftjob-"),
        tenant,
        now(),
        request.model(),
        request.trainingFile(),
        request.validationFile(),
        request.seed().orElseGet(() -> RANDOM.nextInt(Integer.MAX_VALUE)),
        request.suffix(),
        Ids.letters(NAME_END),
        request.metadata());
  }

  private static JobChange.Event created() {
    var data = JsonNodeFactory.instance.objectNode();
    return new JobChange.Event(now(), Level.INFO, "Created fine-tuning job", Type.MESSAGE, data);
  }

  private static Instant now() {
    return Instant.ofEpochSecond(Instant.now().getEpochSecond());
  }

  public FineTuningJob retrieve(String tenant, String id) throws IOException {
    return state.jobs().retrieve(tenant, id).object();
  }

  /// Newest first.
  public Page<FineTuningJob> list(String tenant, MetadataFilter filter, PageRequest page)
      throws IOException {
    return state.jobs().list(tenant, filter, page);
  }

  /// Newest first.
  public Page<JobEvent> events(String tenant, String id, PageRequest page) throws IOException {
    return state.jobs().events(tenant, id, page);
  }

  /// Newest first.
  public Page<JobCheckpoint> checkpoints(String tenant, String id, PageRequest page)
      throws IOException {
    return state.jobs().checkpoints(tenant, id, page);
  }

  /// Ends a job; its worker, where it has one, stops soon after.
  public FineTuningJob cancel(String tenant, String id) throws IOException {
    return change(
        tenant,
        id,
        change ->
            change
                .to(change.state().cancelled(now()))
                .say(now(), Level.INFO, "Fine-tuning job cancelled"));
  }

  /// Lets a job wait, from its last checkpoint on, until [#resume].
  public FineTuningJob pause(String tenant, String id) throws IOException {
    return change(
        tenant,
        id,
        change ->
            change.state().isPaused()
                ? change
                : change
                    .to(change.state().paused())
                    .say(now(), Level.INFO, "Fine-tuning job paused"));
  }

  /// Lets a paused job go on.
  public FineTuningJob resume(String tenant, String id) throws IOException {
    return change(tenant, id, change -> resumed(id, change));
  }

  private static JobChange resumed(String id, JobChange change) {
    if (!change.state().isPaused()) {
      throw ApiException.invalid("fine_tune_id", "invalid_job_status", id + " is not paused");
    }
    return change
        .to(change.state().resumed())
        .to(change.progress().forgiven())
        .say(now(), Level.INFO, "Fine-tuning job resumed");
  }

  private FineTuningJob change(String tenant, String id, UnaryOperator<JobChange> what)
      throws IOException {
    var owned = state.jobs().retrieve(tenant, id).id();
    return state
        .jobs()
        .change(owned, job -> Optional.of(what.apply(JobChange.of(requireOpen(job)))))
        .object();
  }

  private static StoredJob requireOpen(StoredJob job) {
    if (job.state().status().isFinal()) {
      throw ApiException.invalid(
          "fine_tune_id",
          "invalid_job_status",
          "%s has already ended: its status is '%s'"
              .formatted(job.id(), job.state().status().label()));
    }
    return job;
  }
}
