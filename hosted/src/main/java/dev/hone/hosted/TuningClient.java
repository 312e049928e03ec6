package dev.hone.hosted;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientImpl;
import com.openai.core.ClientOptions;
import com.openai.core.LogLevel;
import com.openai.core.MultipartField;
import com.openai.errors.OpenAIException;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileListParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.JobCreateParams;
import com.openai.models.finetuning.jobs.JobListEventsParams;
import com.openai.models.finetuning.jobs.JobListParams;
import com.openai.models.finetuning.jobs.checkpoints.FineTuningJobCheckpoint;
import com.openai.models.finetuning.methods.SupervisedHyperparameters;
import com.openai.models.finetuning.methods.SupervisedMethod;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// Files, fine-tuning jobs and models at a provider, through OpenAI's SDK.
///
/// Nothing is made twice: where a request failed so that it may have been done all the same, what
/// it was to make is looked for first.
final class TuningClient implements AutoCloseable {
  private static final String PURPOSE = "fine-tune";
  private static final Pattern STEPS = Pattern.compile("Step (\\d+)/(\\d+)\\b.*");
  private static final int EVENTS = 20;
  private static final int JOBS = 100;
  private static final int NOT_FOUND = 404;

  private final PatientClient client;
  private final OpenAIClient openAi;

  /// @param address of the API, as in `https://host/v1`; empty for OpenAI's own
  TuningClient(PatientClient client, Secret key, Optional<String> address) {
    var options =
        ClientOptions.builder()
            .httpClient(new OpenAiTransport(client))
            .apiKey(key.value().isEmpty() ? "none" : key.value())
            .maxRetries(0)
            .logLevel(LogLevel.OFF) // whatever OPENAI_LOG says: it would write headers
            .disableTelemetry(true);
    address.ifPresent(options::baseUrl);
    this.client = client;
    this.openAi = new OpenAIClientImpl(options.build());
  }

  /// Sends a file of rows.
  ///
  /// @param name that no other file has
  /// @return its id
  String upload(String name, byte[] rows) {
    return made(
        () -> file(name),
        () ->
            openAi
                .files()
                .create(
                    FileCreateParams.builder()
                        .file(
                            MultipartField.<InputStream>builder()
                                .value(new ByteArrayInputStream(rows))
                                .filename(name)
                                .contentType("application/jsonl")
                                .build())
                        .purpose(FilePurpose.FINE_TUNE)
                        .build())
                .id());
  }

  /// A file by its name, wherever in the list it stands.
  ///
  /// @return its id
  Optional<String> file(String name) {
    var listed = FileListParams.builder().purpose(PURPOSE).build();
    return asked(() ->
        openAi.files().list(listed).autoPager().stream()
            .filter(file -> file.filename().equals(name))
            .map(FileObject::id)
            .findFirst());
  }

  /// Creates the job of an order whose files are there.
  TuningJob create(String model, TuningOrder order) {
    var training = order.sent().trainingFile().orElseThrow();
    var hyperparameters = SupervisedHyperparameters.builder().nEpochs(order.epochs()).build();
    var request =
        JobCreateParams.builder()
            .model(model)
            .trainingFile(training)
            .validationFile(order.sent().validationFile().orElseThrow())
            .method(
                JobCreateParams.Method.builder()
                    .type(JobCreateParams.Method.Type.SUPERVISED)
                    .supervised(SupervisedMethod.builder().hyperparameters(hyperparameters).build())
                    .build())
            .seed(order.seed())
            .suffix("hone-" + order.id())
            .metadata(
                JobCreateParams.Metadata.builder().putProperty("hone_order", order.id()).build())
            .build();
    return made(() -> jobOf(training), () -> job(openAi.fineTuning().jobs().create(request)));
  }

  /// The job of a training file, which no other order has.
  Optional<TuningJob> jobOf(String trainingFile) {
    var listed = JobListParams.builder().limit(JOBS).build();
    return asked(() ->
        openAi.fineTuning().jobs().list(listed).autoPager().stream()
            .filter(job -> job.trainingFile().equals(trainingFile))
            .findFirst()
            .map(this::job));
  }

  TuningJob job(String id) {
    return asked(() -> job(openAi.fineTuning().jobs().retrieve(id)));
  }

  private TuningJob job(FineTuningJob job) {
    return new TuningJob(
        job.id(),
        job.status().asString(),
        job.trainingFile(),
        job.fineTunedModel(),
        job.error().flatMap(this::words),
        job._resultFiles().asKnown().orElse(List.of()),
        job.trainedTokens().map(OptionalLong::of).orElse(OptionalLong.empty()),
        Instant.ofEpochSecond(job.createdAt()),
        job.finishedAt().map(Instant::ofEpochSecond),
        job.estimatedFinish().map(Instant::ofEpochSecond));
  }

  /// Some providers send an error without anything in it where there is none.
  private Optional<String> words(FineTuningJob.Error error) {
    var message = error._message().asKnown().orElse("");
    var code = error._code().asKnown().orElse("");
    return message.isEmpty() && code.isEmpty()
        ? Optional.empty()
        : Optional.of(client.line(code.isEmpty() ? message : "%s (%s)".formatted(message, code)));
  }

  /// How far a job is; empty where its newest events do not say.
  Optional<TuningJob.Steps> steps(String job) {
    var newest = JobListEventsParams.builder().fineTuningJobId(job).limit(EVENTS).build();
    return asked(() ->
        openAi.fineTuning().jobs().listEvents(newest).data().stream()
            .map(event -> STEPS.matcher(event.message()))
            .filter(steps -> steps.matches())
            .findFirst()
            .map(steps ->
                new TuningJob.Steps(
                    Long.parseLong(steps.group(1)), Long.parseLong(steps.group(2)))));
  }

  /// Models of a job's steps on the way.
  List<String> checkpoints(String job) {
    return asked(() ->
        openAi.fineTuning().jobs().checkpoints().list(job).autoPager().stream()
            .map(FineTuningJobCheckpoint::fineTunedModelCheckpoint)
            .toList());
  }

  /// Ends a job that goes on.
  TuningJob cancel(String id) {
    return made(
        () -> Optional.of(job(id)).filter(TuningJob::hasEnded),
        () -> job(openAi.fineTuning().jobs().cancel(id)));
  }

  /// Whether a model can be asked.
  boolean hasModel(String name) {
    return isThere(() -> openAi.models().retrieve(name));
  }

  /// @return whether it was there
  boolean deleteModel(String name) {
    return isThere(() -> openAi.models().delete(name));
  }

  /// @return whether it was there
  boolean deleteFile(String id) {
    return isThere(() -> openAi.files().delete(id));
  }

  private boolean isThere(Supplier<?> question) {
    try {
      asked(question);
      return true;
    } catch (RefusedException e) {
      if (e.status() == NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private <T> T made(Supplier<Optional<T>> find, Supplier<T> make) {
    for (int number = 1; ; number++) {
      try {
        return asked(make, UnsureException::new);
      } catch (UnsureException e) {
        if (number == client.patience().attempts()) {
          throw new CallFailedException(
              "%s, at each of %d attempts".formatted(e.getMessage(), number));
        }
        client.sleep(client.patience().pause(number, RandomGenerator.getDefault()));
        var found = find.get();
        if (found.isPresent()) {
          return found.get();
        }
      }
    }
  }

  /// An answer that lacks something, or is otherwise not what the SDK expects, is told in a line of
  /// ours: its own exceptions hold what was sent and received.
  private <T> T asked(Supplier<T> question) {
    return asked(question, CallFailedException::new);
  }

  private <T> T asked(Supplier<T> question, Function<String, RuntimeException> failure) {
    try {
      return question.get();
    } catch (OpenAIException e) {
      throw failure.apply(
          "%s: an answer that cannot be read: %s"
              .formatted(client.name(), client.line(String.valueOf(e.getMessage()))));
    }
  }

  void sleep(Duration pause) {
    client.sleep(pause);
  }

  @Override
  public void close() {
    openAi.close();
  }
}
