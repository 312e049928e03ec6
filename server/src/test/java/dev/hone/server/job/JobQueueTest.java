package dev.hone.server.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.adapter.PeftAdapter;
import dev.hone.model.language.LanguageModel;
import dev.hone.server.api.FineTuningJob;
import dev.hone.server.api.JobEvent;
import dev.hone.server.api.JobStatus;
import dev.hone.server.api.PageRequest;
import dev.hone.server.state.NewFile;
import dev.hone.server.state.State;
import dev.hone.server.state.StateSettings;
import dev.hone.server.state.StoredJob;
import dev.hone.testkit.Seeds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import tools.jackson.databind.json.JsonMapper;

/// Jobs in real worker processes, on a tiny base that PEFT's golden files came with.
class JobQueueTest {
  private static final Path BASE = QueueProcess.BASE;
  private static final String TENANT = "acme";
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final List<String> ADAPTER =
      List.of("adapter_model.safetensors", "adapter_config.json", "hone.json", "hone_proof.json");

  @TempDir Path dir;
  private final List<String> warnings = new ArrayList<>();
  private State state;
  private JobQueue queue;
  private Jobs jobs;

  @BeforeEach
  void open() throws IOException {
    var settings = QueueProcess.settings((what, why) -> warnings.add(what + why));
    state = State.open(StateSettings.sqlite(dir.resolve("data")));
    jobs = new Jobs(state, settings);
    queue = JobQueue.start(state, settings);
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
    state.close();
    assertEquals(List.of(), warnings);
  }

  private String file(String rows) throws IOException {
    var content = new ByteArrayInputStream(rows.getBytes(StandardCharsets.UTF_8));
    var file = new NewFile("rows.jsonl", "fine-tune", OptionalLong.empty());
    return state.files().create(TENANT, file, content).id();
  }

  private static String rows() {
    var random = new SplittableRandom(3);
    var rows = new StringBuilder();
    String[] words = {" the", " cat", " rat", " sat", " on", " mat", " ran", " there", " sea"};
    for (int i = 0; i < 60; i++) {
      var prompt = new StringBuilder("Who");
      var completion = new StringBuilder("It");
      for (int w = 0; w < random.nextInt(2, 12); w++) {
        prompt.append(words[random.nextInt(words.length)]);
        completion.append(words[random.nextInt(words.length)]);
      }
      rows.append(
          "{\"prompt\": \"%s %d\", \"completion\": \"%s\"}\n".formatted(prompt, i, completion));
    }
    return rows.toString();
  }

  private FineTuningJob create(String file, int epochs, int batchSize) throws IOException {
    var body =
        """
        {"model": "tiny", "training_file": "%s", "seed": 5, "suffix": "shop",
         "method": {"type": "supervised", "supervised": {"hyperparameters":
           {"n_epochs": %d, "batch_size": %d}}}}
        """
            .formatted(file, epochs, batchSize);
    return jobs.create(TENANT, JobRequest.parse(JsonMapper.shared().readTree(body)));
  }

  private FineTuningJob await(String id, Predicate<FineTuningJob> condition)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LONG.toNanos();
    var job = jobs.retrieve(TENANT, id);
    while (!condition.test(job)) {
      assertTrue(System.nanoTime() < end, () -> "waited too long; log: " + log(id));
      Thread.sleep(20);
      job = jobs.retrieve(TENANT, id);
    }
    return job;
  }

  private FineTuningJob awaitEnd(String id) throws IOException, InterruptedException {
    return await(id, job -> job.status().isFinal());
  }

  private String log(String id) {
    try {
      return Files.readString(files(id).log()) + messages(id);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private JobFiles files(String id) {
    return new JobFiles(state.jobs().directory(id));
  }

  private List<JobEvent> events(String id) throws IOException {
    var page = new PageRequest(Optional.empty(), PageRequest.MOST, true);
    return jobs.events(TENANT, id, page).data();
  }

  private List<String> messages(String id) throws IOException {
    return events(id).stream().map(JobEvent::message).toList();
  }

  private void awaitStep(String id, long step) throws IOException, InterruptedException {
    await(id, job -> job.status().isFinal() || stateOf(id).progress().reportedStep() >= step);
  }

  private StoredJob stateOf(String id) {
    try {
      return state.jobs().current(id);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertAdapter(String expected, String actual) throws IOException {
    for (var name : ADAPTER) {
      assertArrayEquals(
          Files.readAllBytes(files(expected).run().resolve(name)),
          Files.readAllBytes(files(actual).run().resolve(name)),
          name);
    }
  }

  private byte[] result(FineTuningJob job) throws IOException {
    return Files.readAllBytes(state.files().content(TENANT, job.resultFiles().getFirst()));
  }

  @Test
  void aJobMakesAModelThatLoadsAndTellsOfItInOpenAisWords() throws Exception {
    var file = file(rows());
    var created = create(file, 4, 8);
    assertEquals(JobStatus.VALIDATING_FILES, created.status());
    state.files().delete(TENANT, file);
    var job = awaitEnd(created.id());
    assertEquals(JobStatus.SUCCEEDED, job.status(), () -> log(job.id()));
    var name = job.fineTunedModel().orElseThrow();
    assertTrue(name.matches("ft:tiny:acme:shop:[A-Za-z0-9]{8}"), name);
    assertTrue(job.trainedTokens().orElseThrow() > 0);
    assertEquals(Optional.empty(), job.estimatedFinish());

    var model = state.models().find(TENANT, name).orElseThrow();
    LanguageModel.open(BASE, Optional.of(state.models().directory(model)), Optional.empty(), 64)
        .close();

    assertFalse(Files.exists(files(job.id()).train()));
    assertFalse(Files.exists(files(job.id()).run().resolve("checkpoints")));

    var messages = messages(job.id());
    assertEquals("Created fine-tuning job", messages.getFirst());
    assertEquals("Fine tuning job successfully completed", messages.getLast());
    assertTrue(messages.contains("New fine-tuned model created: " + name), messages.toString());
    var last = events(job.id()).stream().filter(e -> e.message().startsWith("Step 28/28")).toList();
    assertEquals(1, last.size());
    assertTrue(
        last.getFirst()
            .message()
            .matches(
                "Step 28/28: training loss=[\\d.]+, validation loss=[\\d.]+, full validation"
                    + " loss=[\\d.]+"),
        last.toString());
    assertEquals(28, last.getFirst().data().get("total_steps").asInt());

    var checkpoints = jobs.checkpoints(TENANT, job.id(), PageRequest.first(10)).data();
    assertEquals(List.of(28L, 21L, 14L), checkpoints.stream().map(c -> c.step()).toList());
    assertEquals(name + ":ckpt-step-28", checkpoints.getFirst().model());
    var kept = state.models().find(TENANT, checkpoints.getLast().model()).orElseThrow();
    LanguageModel.open(BASE, Optional.of(state.models().directory(kept)), Optional.empty(), 64)
        .close();

    var lines = new String(result(job), StandardCharsets.UTF_8).lines().toList();
    assertEquals(
        "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy", lines.getFirst());
    assertEquals(29, lines.size());
    assertTrue(lines.get(1).matches("1,\\d+\\.\\d+,\\d\\.\\d+,,"), lines.get(1));
    assertTrue(lines.get(7).matches("7,[\\d.]+,[\\d.]+,[\\d.]+,[\\d.]+"), lines.get(7));
  }

  /// Workers are killed, and the server is stopped and started, at random moments.
  @ParameterizedTest
  @Seeds(2)
  void afterAnyNumberOfKillsTheBytesAreThoseOfAnUndisturbedJob(long seed) throws Exception {
    var file = file(rows());
    var whole = awaitEnd(create(file, 6, 1).id());
    assertEquals(JobStatus.SUCCEEDED, whole.status(), () -> log(whole.id()));
    var disturbed = create(file, 6, 1).id();
    var random = new SplittableRandom(seed);
    for (int i = 0; i < 3; i++) {
      awaitStep(disturbed, stateOf(disturbed).progress().reportedStep() + random.nextInt(1, 80));
      Thread.sleep(random.nextInt(30));
      if (i == 1) {
        close();
        open();
      } else {
        killWorkers();
      }
    }
    var job = awaitEnd(disturbed);
    assertEquals(JobStatus.SUCCEEDED, job.status(), () -> log(disturbed));
    assertTrue(messages(disturbed).contains("Fine-tuning job goes on"));
    assertAdapter(whole.id(), disturbed);
    assertArrayEquals(result(whole), result(job));
    assertEquals(whole.trainedTokens(), job.trainedTokens());
    assertEquals(steps(whole.id()), steps(disturbed));
  }

  /// Neither it nor its worker is told beforehand; the worker ends by itself.
  @Test
  void afterKillsOfTheServerTheBytesAreThoseOfAnUndisturbedJob() throws Exception {
    var file = file(rows());
    var whole = awaitEnd(create(file, 6, 1).id());
    queue.close();
    var disturbed = create(file, 6, 1).id();
    state.close();
    var files = files(disturbed);
    for (int i = 1; i <= 2; i++) {
      var server = QueueProcess.start(dir.resolve("data"), dir.resolve("server.log"));
      awaitReport(server, files, i * 12_000L);
      server.destroyForcibly().onExit().join();
      awaitWorkerEnd(files);
      assertFalse(Files.exists(files.run().resolve("adapter_config.json")), "killed too late");
    }
    open();
    var job = awaitEnd(disturbed);
    assertEquals(JobStatus.SUCCEEDED, job.status(), () -> log(disturbed));
    assertAdapter(whole.id(), disturbed);
    assertArrayEquals(result(whole), result(job));
    assertEquals(steps(whole.id()), steps(disturbed));
  }

  private void awaitReport(Process server, JobFiles files, long bytes) throws Exception {
    long end = System.nanoTime() + LONG.toNanos();
    while (Files.notExists(files.report()) || Files.size(files.report()) < bytes) {
      assertTrue(server.isAlive(), () -> readServerLog());
      assertTrue(System.nanoTime() < end, "the worker reports too little");
      Thread.sleep(10);
    }
  }

  private String readServerLog() {
    try {
      return Files.readString(dir.resolve("server.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitWorkerEnd(JobFiles files) throws Exception {
    long end = System.nanoTime() + LONG.toNanos();
    var lock =
        WorkerLock.await(files.lock(), () -> System.nanoTime() > end)
            .orElseThrow(() -> new AssertionError("the worker goes on without its server"));
    lock.close();
  }

  /// Not what is about to become one, which still has this process's command line or the JDK's
  /// helper's: a server that cannot start a worker says so.
  private static void killWorkers() {
    ProcessHandle.current()
        .children()
        .filter(JobQueueTest::isWorker)
        .forEach(ProcessHandle::destroyForcibly);
  }

  /// Java cuts long command lines, and the class's name comes late in a worker's.
  private static boolean isWorker(ProcessHandle child) {
    var line = Path.of("/proc", String.valueOf(child.pid()), "cmdline");
    try {
      return Files.exists(line)
          ? new String(Files.readAllBytes(line), StandardCharsets.ISO_8859_1).contains("JobWorker")
          : child.info().command().orElse("").endsWith("java");
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  private List<String> steps(String id) throws IOException {
    return messages(id).stream().filter(message -> message.startsWith("Step ")).toList();
  }

  @Test
  void aPausedJobWaitsAndGoesOn() throws Exception {
    var file = file(rows());
    var id = create(file, 6, 1).id();
    awaitStep(id, 20);
    var paused = jobs.pause(TENANT, id);
    assertEquals(JobStatus.QUEUED, paused.status());
    var other = awaitEnd(create(file, 1, 8).id());
    assertEquals(JobStatus.SUCCEEDED, other.status(), () -> log(other.id()));
    assertEquals(JobStatus.QUEUED, jobs.retrieve(TENANT, id).status());
    jobs.resume(TENANT, id);
    var job = awaitEnd(id);
    assertEquals(JobStatus.SUCCEEDED, job.status(), () -> log(id));
    var messages = messages(id);
    assertTrue(messages.contains("Fine-tuning job paused"), messages.toString());
    assertTrue(messages.contains("Fine-tuning job resumed"), messages.toString());
    assertFalse(messages.stream().anyMatch(m -> m.contains("unexpectedly")), messages.toString());
  }

  @Test
  void aCancelledJobStopsAndStaysCancelled() throws Exception {
    var id = create(file(rows()), 50, 1).id();
    awaitStep(id, 5);
    assertEquals(JobStatus.CANCELLED, jobs.cancel(TENANT, id).status());
    long end = System.nanoTime() + LONG.toNanos();
    while (ProcessHandle.current().children().findAny().isPresent()) {
      assertTrue(System.nanoTime() < end, "the worker goes on");
      Thread.sleep(20);
    }
    assertEquals(JobStatus.CANCELLED, jobs.retrieve(TENANT, id).status());
    assertEquals("Fine-tuning job cancelled", messages(id).getLast());
    queue.close();
    assertFalse(Files.exists(files(id).run()));
    assertTrue(Files.exists(files(id).report()));
  }

  @Test
  void aJobWhoseWorkersAlwaysDieFails() throws Exception {
    var id = create(file(rows()), 50, 1).id();
    var failed = new FineTuningJob[1];
    await(
        id,
        job -> {
          failed[0] = job;
          killWorkers();
          return job.status().isFinal();
        });
    assertEquals(JobStatus.FAILED, failed[0].status());
    assertEquals("server_error", failed[0].error().orElseThrow().code());
    assertTrue(failed[0].error().orElseThrow().message().contains("3 times"));
  }

  @Test
  void aWorkerWhoseServerIsGoneSavesAndEnds() throws Exception {
    var id = create(file(rows()), 50, 1).id();
    awaitStep(id, 1);
    queue.close();
    var files = files(id);
    try (var worker = WorkerProcess.start(files)) {
      assertFalse(worker.endsWithin(Duration.ofSeconds(2)), () -> log(id));
      long savedBefore = Files.getLastModifiedTime(last(files)).toMillis();
      worker.askToStop(); // the end of the pipe is all that a worker sees of its server's death
      assertTrue(worker.endsWithin(Duration.ofSeconds(30)), () -> log(id));
      assertTrue(Files.getLastModifiedTime(last(files)).toMillis() >= savedBefore);
    }
    assertFalse(Files.exists(files.run().resolve("adapter_config.json")));
    assertEquals(JobStatus.QUEUED, jobs.retrieve(TENANT, id).status());
  }

  /// The worker of a server that was killed may still be saving another job.
  @Test
  void aWorkerWaitsForAnyOtherAndTheJobHasStartedOnce() throws Exception {
    var id = create(file(rows()), 1, 8).id();
    try (var other = WorkerLock.await(files(id).lock(), () -> false).orElseThrow()) {
      await(id, job -> job.status() == JobStatus.RUNNING);
      Thread.sleep(2_000);
      assertFalse(Files.exists(files(id).report()), "two workers at a time");
      jobs.pause(TENANT, id);
      jobs.resume(TENANT, id);
    }
    assertEquals(JobStatus.SUCCEEDED, awaitEnd(id).status(), () -> log(id));
    assertEquals(1, Collections.frequency(messages(id), "Fine-tuning job started"));
    assertTrue(messages(id).contains("Fine-tuning job goes on"));
  }

  @Test
  void whatAKillLeftOfJobsThatHaveEndedIsDeletedAndTheirModelsAreNot() throws Exception {
    var file = file(rows());
    var succeeded = files(awaitEnd(create(file, 1, 8).id()).id());
    var waiting = create(file, 1, 8).id();
    jobs.pause(TENANT, waiting);
    jobs.cancel(TENANT, waiting);
    close();
    var left =
        List.of(
            succeeded.train(),
            succeeded.checkpoint(3).resolve("adapter_config.json"),
            succeeded.run().resolve("checkpoints/last.safetensors"),
            files(waiting).train(),
            files(waiting).checkpoint(7).resolve("README.md"),
            files(waiting).run().resolve("metrics.jsonl"));
    for (var path : left) {
      Files.createDirectories(path.getParent());
      Files.writeString(path, "left");
    }
    open();
    long end = System.nanoTime() + LONG.toNanos();
    while (left.stream().anyMatch(Files::exists)) {
      assertTrue(System.nanoTime() < end, "something is left");
      Thread.sleep(20);
    }
    assertTrue(PeftAdapter.isAdapter(succeeded.run()));
    assertTrue(PeftAdapter.isAdapter(succeeded.checkpoint(7)));
  }

  private static Path last(JobFiles files) {
    return files.run().resolve("checkpoints/last.safetensors");
  }

  @Test
  void filesThatCannotBeReadFailTheJobWithEveryLine() throws Exception {
    var broken = rows() + "{\"messages\": [{\"content\": \"x\"}]}\n{\"a\": 1}\n";
    var job = awaitEnd(create(file(broken), 1, 8).id());
    assertEquals(JobStatus.FAILED, job.status());
    var error = job.error().orElseThrow();
    assertEquals("invalid_training_file", error.code());
    assertEquals(
        "The job failed due to an invalid training file. Invalid file format. Example 61, message"
            + " 1 Discriminator 'role' is missing in value",
        error.message());
    assertOffences(job, List.of(61, 62));
  }

  /// What only the model's tokenizer and template tell.
  @Test
  void rowsThatCannotBeTrainedFailTheJobWithEveryLine() throws Exception {
    var empty = "{\"prompt\": \"Who\", \"completion\": \"\"}\n";
    var job = awaitEnd(create(file(rows() + empty.repeat(7)), 1, 8).id());
    assertEquals(JobStatus.FAILED, job.status());
    assertEquals(
        "The job failed due to an invalid training file. Invalid file format. Example 61"
            + " completion: is empty",
        job.error().orElseThrow().message());
    assertOffences(job, List.of(61, 62, 63, 64, 65, 66, 67));
  }

  private void assertOffences(FineTuningJob job, List<Integer> lines) throws IOException {
    var event = events(job.id()).getLast();
    assertEquals(JobEvent.Level.ERROR, event.level());
    assertEquals("training_file", event.data().get("error_param").asString());
    var told = new ArrayList<Integer>();
    event.data().get("invalid_lines").forEach(line -> told.add(line.get("line").asInt()));
    assertEquals(lines, told);
    assertEquals(lines.size(), new String(result(job), StandardCharsets.UTF_8).lines().count());
  }
}
