package dev.hone.server.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hone.server.api.JobEvent;
import dev.hone.server.api.JobStatus;
import dev.hone.server.api.PageRequest;
import dev.hone.server.state.JobChange;
import dev.hone.server.state.NewFile;
import dev.hone.server.state.State;
import dev.hone.server.state.StateSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ReportIntakeTest {
  private static final String TENANT = "acme";

  @TempDir Path dir;
  private State state;
  private String id;

  @BeforeEach
  void open() throws IOException {
    state = State.open(StateSettings.sqlite(dir));
    var rows = new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8));
    var file = new NewFile("rows.jsonl", "fine-tune", OptionalLong.empty());
    var body =
        JsonMapper.shared()
            .createObjectNode()
            .put("model", "tiny")
            .put("training_file", state.files().create(TENANT, file, rows).id());
    var jobs = new Jobs(state, QueueProcess.settings((what, why) -> {}));
    id = jobs.create(TENANT, JobRequest.parse(body)).id();
    state
        .jobs()
        .change(
            id,
            job -> {
              var queued = job.state().validated(job.state().hyperparameters());
              return Optional.of(JobChange.of(job).to(queued.running()));
            });
  }

  @AfterEach
  void close() throws IOException {
    state.close();
  }

  private void report(ReportLine... lines) throws IOException {
    try (var report = Report.open(new JobFiles(state.jobs().directory(id)).report())) {
      report.add(lines);
    }
    new ReportIntake(state).take(id);
  }

  private List<String> messages() throws IOException {
    var page = new PageRequest(Optional.empty(), PageRequest.MOST, true);
    return state.jobs().events(TENANT, id, page).data().stream().map(JobEvent::message).toList();
  }

  /// A worker may be killed between its report and the checkpoint that it reports.
  @Test
  void whatASuccessorRepeatsIsToldOnce() throws IOException {
    var metrics =
        new ReportLine.Metrics(7, 9, 1.5, 0.25, OptionalDouble.empty(), OptionalDouble.empty());
    for (int i = 0; i < 2; i++) {
      report(new ReportLine.Step(1, metrics));
      report(new ReportLine.Checkpoint(2, metrics));
    }
    var told =
        List.of(
            "Created fine-tuning job",
            "Step 7/9: training loss=1.50",
            "Checkpoint created at step 7");
    assertEquals(told, messages());
    assertEquals(7, state.jobs().current(id).progress().savedStep());
  }

  @Test
  void aSuccessThatIsReportedAgainLeavesNothing() throws IOException {
    report(new ReportLine.Succeeded(1, 100));
    assertEquals(JobStatus.SUCCEEDED, state.jobs().current(id).state().status());
    report(new ReportLine.Succeeded(2, 100));
    try (var contents = Files.list(dir.resolve("files"))) {
      assertEquals(2, contents.count()); // the rows and the metrics
    }
  }
}
