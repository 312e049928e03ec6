package dev.hone.hosted;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hone.hosted.FakeProvider.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A server on loopback that has OpenAI's files, fine-tuning jobs and models. A job is a step
/// further each time that it is looked at.
final class FakeTuner implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern NAME = Pattern.compile("filename=\"([^\"]*)\"");
  private static final List<String> STATES =
      List.of("validating_files", "queued", "running", "running", "succeeded");

  static final String CHECKPOINT = ":ckpt-step-6";

  /// What goes wrong with a request.
  ///
  /// @param isDone whether it is done all the same
  private record Fault(Answer answer, boolean isDone) {}

  /// A file that was sent.
  record Sent(String name, String text) {}

  final List<String> requests = new ArrayList<>();
  final List<String> keys = new ArrayList<>();
  final Map<String, Sent> files = new LinkedHashMap<>();
  final Map<String, ObjectNode> jobs = new LinkedHashMap<>();
  final List<String> models = new ArrayList<>();
  private final Map<String, List<Fault>> faults = new HashMap<>();
  private final Map<String, Integer> looks = new HashMap<>();
  private final HttpServer server;
  private String error = "";
  private int made;

  FakeTuner() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// @param request such as `POST /v1/files`; the first of its kind that come get these faults
  FakeTuner with(String request, Answer answer) {
    return fault(request, new Fault(answer, false));
  }

  /// The same, where the request is done before the fault.
  FakeTuner done(String request, Answer answer) {
    return fault(request, new Fault(answer, true));
  }

  private FakeTuner fault(String request, Fault fault) {
    faults.computeIfAbsent(request, any -> new ArrayList<>()).add(fault);
    return this;
  }

  /// Jobs fail with this from now on.
  FakeTuner failing(String message) {
    error = message;
    return this;
  }

  long count(String request) {
    return requests.stream().filter(request::equals).count();
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var request = exchange.getRequestMethod() + " " + path;
    requests.add(request);
    keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    var waiting = faults.getOrDefault(request, List.of());
    try (exchange) {
      if (waiting.isEmpty()) {
        answer(request, path, body).give(exchange);
        return;
      }
      var fault = waiting.removeFirst();
      if (fault.isDone()) {
        answer(request, path, body);
      }
      fault.answer().give(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Answer answer(String request, String path, String body) {
    var id = path.substring(path.lastIndexOf('/') + 1);
    return switch (request.replaceAll("(file|ftjob)-\\w+|ft:.*", "ID")) {
      case "POST /v1/files" -> ok(upload(body));
      case "GET /v1/files" -> ok(list(files.keySet().stream().map(this::file).toList()));
      case "DELETE /v1/files/ID" -> deleted(files.remove(id) != null, id);
      case "POST /v1/fine_tuning/jobs" -> ok(create(JSON.readTree(body)));
      case "GET /v1/fine_tuning/jobs" -> ok(list(List.copyOf(jobs.values())));
      case "GET /v1/fine_tuning/jobs/ID" -> ok(look(id));
      case "GET /v1/fine_tuning/jobs/ID/events" -> ok(list(events()));
      case "GET /v1/fine_tuning/jobs/ID/checkpoints" -> ok(list(checkpoints(path.split("/")[4])));
      case "POST /v1/fine_tuning/jobs/ID/cancel" ->
          ok(jobs.get(path.split("/")[4]).put("status", "cancelled"));
      case "GET /v1/models/ID" -> models.contains(id) ? ok(model(id)) : missing();
      case "DELETE /v1/models/ID" -> deleted(models.remove(id), id);
      case "POST /v1/chat/completions" ->
          FakeProvider.openAi(
              "answered by " + JSON.readTree(body).path("model").asString(),
              "{\"prompt_tokens\": 100, \"completion_tokens\": 3, \"total_tokens\": 103}");
      default -> missing();
    };
  }

  private static Answer ok(JsonNode json) {
    return FakeProvider.status(200, json.toString());
  }

  private static Answer missing() {
    return FakeProvider.status(404, "{\"error\": {\"message\": \"nothing of this name\"}}");
  }

  private static Answer deleted(boolean wasThere, String id) {
    var json = JSON.createObjectNode().put("id", id).put("object", "x").put("deleted", true);
    return wasThere ? ok(json) : missing();
  }

  private static ObjectNode list(List<? extends JsonNode> all) {
    var json = JSON.createObjectNode().put("object", "list").put("has_more", false);
    json.putArray("data").addAll(all.reversed());
    return json;
  }

  private ObjectNode upload(String form) {
    var name = NAME.matcher(form);
    if (!name.find() || !form.contains("fine-tune")) {
      throw new IllegalArgumentException("no file for fine-tuning: " + form);
    }
    var text = form.substring(form.indexOf("\r\n\r\n", name.end()) + 4);
    var id = "file-" + ++made;
    files.put(id, new Sent(name.group(1), text.substring(0, text.indexOf("\r\n--"))));
    return file(id);
  }

  private ObjectNode file(String id) {
    return JSON.createObjectNode()
        .put("id", id)
        .put("object", "file")
        .put("bytes", files.get(id).text().length())
        .put("created_at", System.currentTimeMillis() / 1000)
        .put("filename", files.get(id).name())
        .put("purpose", "fine-tune")
        .put("status", "processed");
  }

  private ObjectNode create(JsonNode asked) {
    var job = (ObjectNode) asked.deepCopy();
    job.put("id", "ftjob-" + ++made).put("object", "fine_tuning.job");
    job.put("created_at", 1_800_000_000).put("status", STATES.getFirst());
    job.putNull("fine_tuned_model").putNull("finished_at").putNull("error");
    job.putNull("trained_tokens").putNull("estimated_finish").putArray("result_files");
    jobs.put(job.path("id").asString(), job);
    return job;
  }

  private ObjectNode look(String id) {
    var job = jobs.get(id);
    int look = Math.min(looks.merge(id, 1, Integer::sum) - 1, STATES.size() - 1);
    if (job.path("status").asString().equals("cancelled")) {
      return job;
    }
    job.put("status", STATES.get(look));
    if (STATES.get(look).equals("running")) {
      job.put("estimated_finish", 1_800_000_080);
    }
    if (look == STATES.size() - 1) {
      end(id, job);
    }
    return job;
  }

  private void end(String id, ObjectNode job) {
    job.put("finished_at", 1_800_000_100);
    if (error.isEmpty()) {
      var name = "ft:%s:org:%s".formatted(job.path("model").asString(), id);
      job.put("fine_tuned_model", name).put("trained_tokens", 12_345);
      if (job.path("result_files").isEmpty()) {
        models.add(name);
        models.add(name + CHECKPOINT);
        var result = "file-" + ++made;
        files.put(result, new Sent("step_metrics.csv", "step"));
        job.putArray("result_files").add(result);
      }
    } else {
      job.put("status", "failed").putObject("error").put("code", "bad").put("message", error);
    }
  }

  private static List<ObjectNode> events() {
    return List.of("Created fine-tuning job", "Step 3/9: training loss=0.5").stream()
        .map(text ->
            JSON.createObjectNode()
                .put("id", "ftevent-1")
                .put("object", "fine_tuning.job.event")
                .put("created_at", 1_800_000_001)
                .put("level", "info")
                .put("message", text))
        .toList();
  }

  private List<ObjectNode> checkpoints(String job) {
    return models.stream()
        .filter(name -> name.endsWith(CHECKPOINT) && name.contains(job))
        .map(name ->
            JSON.createObjectNode()
                .put("id", "ftckpt_1")
                .put("fine_tuned_model_checkpoint", name)
                .put("fine_tuning_job_id", job))
        .toList();
  }

  private static ObjectNode model(String id) {
    return JSON.createObjectNode()
        .put("id", id)
        .put("object", "model")
        .put("created", 1)
        .put("owned_by", "org");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
