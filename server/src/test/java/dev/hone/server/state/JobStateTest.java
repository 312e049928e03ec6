package dev.hone.server.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.server.api.Hyperparameters;
import dev.hone.server.api.JobError;
import dev.hone.server.api.JobStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobStateTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
  private static final JobState CREATED = JobState.created(Hyperparameters.AUTO);
  private static final JobState QUEUED = CREATED.validated(Hyperparameters.AUTO);
  private static final JobState RUNNING = QUEUED.running();
  private static final JobError WHY = new JobError("code", "why", Optional.empty());

  @Test
  void aJobGoesFromCreationToSuccess() {
    var done = RUNNING.expectedAt(NOW).succeeded(NOW, "ft:x", 9);
    assertEquals(JobStatus.SUCCEEDED, done.status());
    assertEquals(Optional.of("ft:x"), done.fineTunedModel());
    assertEquals(Optional.of(9L), done.trainedTokens());
    assertEquals(Optional.of(NOW), done.finishedAt());
    assertEquals(Optional.empty(), done.estimatedFinish());
  }

  @Test
  void onlyARunningJobHasAnExpectedEnd() {
    assertEquals(Optional.of(NOW), RUNNING.expectedAt(NOW).estimatedFinish());
    assertEquals(Optional.empty(), RUNNING.expectedAt(NOW).paused().estimatedFinish());
    assertEquals(Optional.empty(), RUNNING.expectedAt(NOW).interrupted().estimatedFinish());
    assertThrows(IllegalStateException.class, () -> QUEUED.expectedAt(NOW));
  }

  @Test
  void aPausedJobIsQueuedAndDoesNotRunUntilItIsResumed() {
    var paused = RUNNING.paused();
    assertEquals(JobStatus.QUEUED, paused.status());
    assertTrue(paused.isPaused());
    assertThrows(IllegalStateException.class, paused::running);
    assertFalse(paused.resumed().isPaused());
    assertEquals(JobStatus.RUNNING, paused.resumed().running().status());
    assertEquals(JobStatus.VALIDATING_FILES, CREATED.paused().status());
    assertTrue(CREATED.paused().validated(Hyperparameters.AUTO).isPaused());
  }

  @Test
  void stepsCannotBeLeftOut() {
    assertThrows(IllegalStateException.class, CREATED::running);
    assertThrows(IllegalStateException.class, () -> QUEUED.succeeded(NOW, "x", 1));
    assertThrows(IllegalStateException.class, RUNNING::running);
    assertThrows(IllegalStateException.class, QUEUED::interrupted);
  }

  @Test
  void anEndedJobChangesNoMore() {
    var ends =
        List.of(RUNNING.succeeded(NOW, "x", 1), CREATED.failed(NOW, WHY), QUEUED.cancelled(NOW));
    for (var end : ends) {
      assertTrue(end.status().isFinal());
      assertThrows(IllegalStateException.class, end::running);
      assertThrows(IllegalStateException.class, end::paused);
      assertThrows(IllegalStateException.class, end::resumed);
      assertThrows(IllegalStateException.class, () -> end.cancelled(NOW));
      assertThrows(IllegalStateException.class, () -> end.failed(NOW, WHY));
    }
  }
}
