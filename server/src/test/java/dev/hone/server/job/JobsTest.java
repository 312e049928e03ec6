package dev.hone.server.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.server.api.ApiException;
import dev.hone.server.api.JobStatus;
import dev.hone.server.api.PageRequest;
import dev.hone.server.state.MetadataFilter;
import dev.hone.server.state.NewFile;
import dev.hone.server.state.Quota;
import dev.hone.server.state.State;
import dev.hone.server.state.StateSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// What is asked of jobs while no queue brings them forward.
class JobsTest {
  private static final String OWNER = "acme";

  @TempDir Path dir;
  private State state;
  private Jobs jobs;

  @BeforeEach
  void open() throws IOException {
    state = State.open(StateSettings.sqlite(dir));
    jobs = new Jobs(state, JobSettings.of(Map.of("hone", dir), 1, (what, why) -> {}));
  }

  @AfterEach
  void close() throws IOException {
    state.close();
  }

  private String file(String tenant, String purpose) throws IOException {
    var file = new NewFile("rows.jsonl", purpose, OptionalLong.empty());
    return state.files().create(tenant, file, new ByteArrayInputStream(new byte[] {1})).id();
  }

  private static JobRequest request(String model, String file) {
    var json = "{\"model\": \"%s\", \"training_file\": \"%s\"}".formatted(model, file);
    return JobRequest.parse(JsonMapper.shared().readTree(json));
  }

  private static ApiException refused(Executable call) {
    return assertThrows(ApiException.class, call);
  }

  private long directories() throws IOException {
    try (var dirs = Files.list(dir.resolve("jobs"))) {
      return dirs.count();
    }
  }

  @Test
  void aJobNeedsAModelThatIsOffered() throws IOException {
    var file = file(OWNER, "fine-tune");
    var refused = refused(() -> jobs.create(OWNER, request("gpt-4", file)));
    assertEquals(
        "Model gpt-4 is not available for fine-tuning or does not exist.", refused.getMessage());
    assertEquals(Optional.of("model_not_available"), refused.code());
  }

  @Test
  void aJobNeedsAFileOfItsOwnerWithTheRightPurpose() throws IOException {
    var others = file("rival", "fine-tune");
    var refused = refused(() -> jobs.create(OWNER, request("hone", others)));
    assertEquals(Optional.of("training_file"), refused.param());
    assertEquals(400, refused.status());
    var batch = file(OWNER, "batch");
    var unfit = refused(() -> jobs.create(OWNER, request("hone", batch)));
    assertEquals(Optional.of("invalid_file_purpose"), unfit.code());
    assertEquals(0, directories());
  }

  @Test
  void aRefusedJobLeavesNoDirectory() throws IOException {
    state.tenants().setQuota(OWNER, new Quota(100, 1));
    var file = file(OWNER, "fine-tune");
    jobs.create(OWNER, request("hone", file));
    assertEquals(403, refused(() -> jobs.create(OWNER, request("hone", file))).status());
    assertEquals(1, directories());
  }

  @Test
  void aSeedIsDrawnForEachJobThatNamesNone() throws IOException {
    var file = file(OWNER, "fine-tune");
    var one = jobs.create(OWNER, request("hone", file));
    var two = jobs.create(OWNER, request("hone", file));
    assertNotEquals(one.seed(), two.seed());
    var page = jobs.list(OWNER, new MetadataFilter.Any(), PageRequest.first(1));
    assertEquals(List.of(two), page.data());
  }

  @Test
  void anEndedJobIsNeitherCancelledNorPausedNorResumed() throws IOException {
    var id = jobs.create(OWNER, request("hone", file(OWNER, "fine-tune"))).id();
    assertEquals(JobStatus.CANCELLED, jobs.cancel(OWNER, id).status());
    for (Executable call :
        List.<Executable>of(
            () -> jobs.cancel(OWNER, id),
            () -> jobs.pause(OWNER, id),
            () -> jobs.resume(OWNER, id))) {
      assertEquals(Optional.of("invalid_job_status"), refused(call).code());
    }
  }

  @Test
  void pausingTwiceIsPausingOnceAndOnlyAPausedJobResumes() throws IOException {
    var id = jobs.create(OWNER, request("hone", file(OWNER, "fine-tune"))).id();
    assertEquals(400, refused(() -> jobs.resume(OWNER, id)).status());
    jobs.pause(OWNER, id);
    jobs.pause(OWNER, id);
    jobs.resume(OWNER, id);
    var messages =
        jobs.events(OWNER, id, PageRequest.first(10)).data().stream()
            .map(event -> event.message())
            .toList();
    assertEquals(
        List.of("Fine-tuning job resumed", "Fine-tuning job paused", "Created fine-tuning job"),
        messages);
  }

  @Test
  void anotherTenantsJobCannotBeReached() throws IOException {
    var id = jobs.create(OWNER, request("hone", file(OWNER, "fine-tune"))).id();
    for (Executable call :
        List.<Executable>of(
            () -> jobs.retrieve("rival", id),
            () -> jobs.cancel("rival", id),
            () -> jobs.pause("rival", id),
            () -> jobs.resume("rival", id),
            () -> jobs.events("rival", id, PageRequest.first(1)),
            () -> jobs.checkpoints("rival", id, PageRequest.first(1)))) {
      var refused = refused(call);
      assertEquals(404, refused.status());
      assertEquals("Could not find fine tune: " + id, refused.getMessage());
    }
    assertEquals(JobStatus.VALIDATING_FILES, jobs.retrieve(OWNER, id).status());
  }
}
