package dev.hone.server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// The objects as the specification has them: null where it allows null, else left out.
class JsonFormTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Instant AT = Instant.ofEpochSecond(1_721_764_800);

  private static void assertJson(String expected, JsonNode actual) {
    assertEquals(JSON.readTree(expected), JSON.readTree(actual.toString()));
  }

  private static FileObject file() {
    return new FileObject("file-1", 140, AT, Optional.empty(), "rows.jsonl", "fine-tune");
  }

  @Test
  void aFile() {
    assertJson(
        """
        {"id": "file-1", "object": "file", "bytes": 140, "created_at": 1721764800,
         "filename": "rows.jsonl", "purpose": "fine-tune", "status": "processed"}
        """,
        file().toJson());
  }

  @Test
  void anUploadWithItsFile() {
    var upload =
        new UploadObject(
            "upload_1",
            AT,
            AT.plusSeconds(3600),
            "rows.jsonl",
            140,
            "fine-tune",
            UploadObject.Status.COMPLETED,
            Optional.of(file()));
    var expected =
        """
        {"id": "upload_1", "object": "upload", "bytes": 140, "created_at": 1721764800,
         "filename": "rows.jsonl", "purpose": "fine-tune", "status": "completed",
         "expires_at": 1721768400, "file": %s}
        """;
    assertJson(expected.formatted(file().toJson()), upload.toJson());
  }

  @Test
  void aPart() {
    assertJson(
        """
        {"id": "part_1", "object": "upload.part", "created_at": 1721764800,
         "upload_id": "upload_1"}
        """,
        new UploadPart("part_1", AT, "upload_1").toJson());
  }

  private static FineTuningJob job(JobStatus status, Optional<JobError> error) {
    return new FineTuningJob(
        "ftjob-1",
        AT,
        Optional.empty(),
        "hone",
        Optional.empty(),
        "acme",
        status,
        new Hyperparameters(OptionalInt.of(4), OptionalInt.empty(), OptionalDouble.of(1.5)),
        "file-1",
        Optional.empty(),
        List.of(),
        Optional.empty(),
        error,
        42,
        Optional.empty(),
        Map.of(),
        Optional.empty());
  }

  @Test
  void aJobWithItsNulls() {
    assertJson(
        """
        {"id": "ftjob-1", "object": "fine_tuning.job", "created_at": 1721764800,
         "finished_at": null, "model": "hone", "fine_tuned_model": null,
         "organization_id": "acme", "status": "validating_files",
         "hyperparameters":
           {"n_epochs": 4, "batch_size": "auto", "learning_rate_multiplier": 1.5},
         "training_file": "file-1", "validation_file": null, "result_files": [],
         "trained_tokens": null, "error": null, "seed": 42, "estimated_finish": null,
         "integrations": [],
         "method": {"type": "supervised", "supervised": {"hyperparameters":
           {"n_epochs": 4, "batch_size": "auto", "learning_rate_multiplier": 1.5}}},
         "metadata": null, "user_provided_suffix": null}
        """,
        job(JobStatus.VALIDATING_FILES, Optional.empty()).toJson());
  }

  @Test
  void aFailedJobSaysWhy() {
    var why = new JobError("server_error", "why", Optional.empty());
    assertJson(
        """
        {"code": "server_error", "message": "why", "param": null}
        """,
        job(JobStatus.FAILED, Optional.of(why)).toJson().get("error"));
  }

  @Test
  void anEvent() {
    var event =
        new JobEvent(
            "ftevent-1",
            AT,
            JobEvent.Level.INFO,
            "Created fine-tuning job",
            JobEvent.Type.MESSAGE,
            JsonNodeFactory.instance.objectNode());
    assertJson(
        """
        {"id": "ftevent-1", "object": "fine_tuning.job.event", "created_at": 1721764800,
         "level": "info", "message": "Created fine-tuning job", "type": "message", "data": {}}
        """,
        event.toJson());
  }

  @Test
  void aPageOfCheckpoints() {
    var metrics = JsonNodeFactory.instance.objectNode().put("step", 88);
    var checkpoint =
        new JobCheckpoint(
            "ftckpt_1", AT, "ft:hone:acme:shop:AbCdEfGh:ckpt-step-88", "ftjob-1", 88, metrics);
    assertJson(
        """
        {"object": "list", "data": [
          {"id": "ftckpt_1", "object": "fine_tuning.job.checkpoint", "created_at": 1721764800,
           "fine_tuned_model_checkpoint": "ft:hone:acme:shop:AbCdEfGh:ckpt-step-88",
           "fine_tuning_job_id": "ftjob-1", "step_number": 88, "metrics": {"step": 88}}],
         "first_id": "ftckpt_1", "last_id": "ftckpt_1", "has_more": true}
        """,
        new Page<>(List.of(checkpoint), true).toJson());
    assertJson(
        """
        {"object": "list", "data": [], "first_id": "", "last_id": "", "has_more": false}
        """,
        new Page<JobCheckpoint>(List.of(), false).toJson());
  }

  @Test
  void aModelAndItsDeletion() {
    assertJson(
        """
        {"id": "ft:hone:acme::AbCdEfGh", "object": "model", "created": 1721764800,
         "owned_by": "acme", "shutdown_date": null}
        """,
        new ModelObject("ft:hone:acme::AbCdEfGh", AT, "acme").toJson());
    assertJson(
        """
        {"id": "file-1", "object": "file", "deleted": true}
        """,
        new Deleted("file-1", "file").toJson());
  }

  @Test
  void anErrorHasAllFourKeys() {
    assertJson(
        """
        {"error": {"message": "No such File object: x", "type": "invalid_request_error",
                   "param": "id", "code": null}}
        """,
        ApiException.notFound("id", "No such File object: x").toJson());
  }

  @Test
  void aPageHasALimit() {
    assertThrows(ApiException.class, () -> PageRequest.first(0));
    assertThrows(ApiException.class, () -> PageRequest.first(10_001));
  }
}
