package dev.hone.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.server.state.Scope;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `/v1/fine_tuning/alpha/graders`, as requests have them.
class GradersTest {
  private static final String ITEM = "{\"answer\": \"The cat sat on the mat.\", \"n\": 3}";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir static Path dir;
  private static TestServer server;
  private static String key;

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.start(dir);
    key = server.key("acme", Scope.INFERENCE);
  }

  @AfterAll
  static void stop() throws Exception {
    CLIENT.close();
    server.close();
    assertEquals(List.of(), server.warnings());
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return post(key, path, body);
  }

  private static HttpResponse<String> post(String key, String path, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(server.url() + "/fine_tuning/alpha/graders/" + path))
            .header("Authorization", "Bearer " + key)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return CLIENT.send(request, BodyHandlers.ofString());
  }

  private static JsonNode run(String grader, String sample) throws Exception {
    var body =
        "{\"grader\": %s, \"item\": %s, \"model_sample\": %s}"
            .formatted(grader, ITEM, JsonMapper.shared().writeValueAsString(sample));
    var answer = post("run", body);
    assertEquals(200, answer.statusCode(), answer::body);
    return JsonMapper.shared().readTree(answer.body());
  }

  /// Names of what went wrong.
  private static List<String> errors(JsonNode graded) {
    return graded.at("/metadata/errors").properties().stream()
        .filter(flag -> flag.getValue().asBoolean(false))
        .map(flag -> flag.getKey())
        .toList();
  }

  private static String check(String operation, String input, String reference) {
    return "{\"type\": \"string_check\", \"name\": \"c\", \"operation\": \"%s\", \"input\": \"%s\", \"reference\": \"%s\"}"
        .formatted(operation, input, reference);
  }

  private static String similarity(String metric) {
    return "{\"type\": \"text_similarity\", \"name\": \"s\", \"evaluation_metric\": \"%s\", \"input\": \"{{ sample.output_text }}\", \"reference\": \"{{ item.answer }}\"}"
        .formatted(metric);
  }

  private static String judge(String type, String more) {
    return "{\"type\": \"%s\", \"name\": \"j\", \"model\": \"tiny\", \"input\": [{\"role\": \"user\", \"content\": [{\"type\": \"input_text\", \"text\": \"Grade {{ sample.output_text }}\"}]}], %s}"
        .formatted(type, more);
  }

  private static String multi(String graders, String formula) {
    return "{\"type\": \"multi\", \"name\": \"m\", \"graders\": %s, \"calculate_output\": \"%s\"}"
        .formatted(graders, formula);
  }

  @ParameterizedTest
  @CsvSource({
    "eq, The cat sat on the mat., 1",
    "eq, the cat sat on the mat., 0",
    "ne, the cat sat on the mat., 1",
    "ne, The cat sat on the mat., 0",
    "like, I say: The cat sat on the mat. I do, 1",
    "like, the CAT sat on the mat., 0",
    "ilike, the CAT sat on the mat. So, 1",
    "ilike, the cat, 0"
  })
  void textsAreChecked(String operation, String sample, double reward) throws Exception {
    var graded = run(check(operation, "{{ sample.output_text }}", "{{ item.answer }}"), sample);
    assertEquals(reward, graded.path("reward").asDouble());
    assertEquals(List.of(), errors(graded));
    assertEquals("string_check", graded.at("/metadata/type").asString());
    assertTrue(graded.at("/metadata/token_usage").isNull());
    assertTrue(graded.at("/metadata/sampled_model_name").isNull());
    assertEquals(14, graded.at("/metadata/errors").size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bleu",
        "gleu",
        "rouge_1",
        "rouge_2",
        "rouge_3",
        "rouge_4",
        "rouge_5",
        "rouge_l",
        "fuzzy_match",
        "cosine"
      })
  void textsAreCompared(String metric) throws Exception {
    assertEquals(
        1, run(similarity(metric), "The cat sat on the mat.").path("reward").asDouble(), 1e-6);
    double other = run(similarity(metric), "A dog sat on the log.").path("reward").asDouble();
    assertTrue(other < 0.95, () -> metric + " gives " + other);
  }

  @Test
  void aModelScoresWithinTheRange() throws Exception {
    var graded =
        run(judge("score_model", "\"range\": [2, 5], \"sampling_params\": {\"seed\": 1}"), "x");
    double reward = graded.path("reward").asDouble();
    assertTrue(reward >= 2 && reward <= 5, graded::toString);
    assertEquals(List.of(), errors(graded));
    assertEquals("tiny", graded.at("/metadata/sampled_model_name").asString());
    var usage = graded.at("/model_grader_token_usage_per_model/tiny");
    assertTrue(usage.path("completion_tokens").asLong() > 10, usage::toString);
    assertEquals(usage.path("total_tokens").asLong(), graded.at("/metadata/token_usage").asLong());
  }

  @Test
  void severalAreCombined() throws Exception {
    var labels = "\"labels\": [\"good\", \"bad\"], \"passing_labels\": [\"good\", \"bad\"]";
    var graders =
        "{\"exact\": %s, \"near\": %s, \"label\": %s}"
            .formatted(
                check("eq", "{{ sample.output_json.cat }}", "{{ item.n }}"),
                similarity("fuzzy_match"),
                judge("label_model", labels));
    var graded = run(multi(graders, "(exact + label) / 4 + 0 * near"), "{\"cat\": 3}");
    assertEquals(0.5, graded.path("reward").asDouble());
    assertEquals(1, graded.at("/sub_rewards/exact").asDouble());
    assertEquals(1, graded.at("/sub_rewards/label").asDouble());
    assertEquals(graded.at("/sub_rewards"), graded.at("/metadata/scores"));
    assertTrue(graded.at("/metadata/token_usage").asLong() > 10);
  }

  @Test
  void theOneGraderOfTheDescriptionHasItsOwnName() throws Exception {
    var graded = run(multi(check("eq", "a", "a"), "c / 2"), "");
    assertEquals(0.5, graded.path("reward").asDouble());
    assertEquals(1, graded.at("/sub_rewards/c").asDouble());
  }

  @Test
  void whatCannotBeGradedSaysWhy() throws Exception {
    var missing = run(check("ne", "{{ item.nothing }}", "x"), "x");
    assertEquals(0, missing.path("reward").asDouble());
    assertEquals(List.of("invalid_variable_error"), errors(missing));
    var noJson = run(check("ne", "{{ sample.output_json.a }}", "x"), "{\"a\": 1} or so");
    assertEquals(List.of("sample_parse_error"), errors(noJson));
    var graders = "{\"a\": %s}".formatted(check("eq", "x", "y"));
    var endless = run(multi(graders, "1 / a"), "x");
    assertEquals(0, endless.path("reward").asDouble());
    assertEquals(List.of("other_error"), errors(endless));
    var tooLong = run(judge("score_model", "\"range\": [0, 1]"), "x ".repeat(4_000));
    assertEquals(List.of("model_grader_server_error"), errors(tooLong));
    var details = tooLong.at("/metadata/errors/model_grader_server_error_details").asString();
    assertTrue(details.contains("maximum context length"), details);
  }

  @Test
  void aGraderIsValidated() throws Exception {
    for (var grader :
        List.of(
            check("eq", "{{ item.a }}", "b"),
            similarity("rouge_l"),
            judge("score_model", "\"range\": [-1, 1], \"pass_threshold\": 0.5"),
            multi("{\"a\": %s}".formatted(similarity("bleu")), "a"))) {
      var answer = post("validate", "{\"grader\": %s}".formatted(grader));
      assertEquals(200, answer.statusCode(), answer::body);
      var json = JsonMapper.shared();
      assertEquals(json.readTree(grader), json.readTree(answer.body()).path("grader"));
    }
  }

  private static void assertRefused(String grader, int status, String param) throws Exception {
    for (var path : List.of("validate", "run")) {
      var sample = path.equals("run") ? ", \"model_sample\": \"x\"" : "";
      var answer = post(path, "{\"grader\": %s%s}".formatted(grader, sample));
      assertEquals(status, answer.statusCode(), answer::body);
      var error = JsonMapper.shared().readTree(answer.body()).path("error");
      assertEquals(param, error.path("param").asString(), answer::body);
    }
  }

  @Test
  void aWrongGraderIsRefusedWithItsPlace() throws Exception {
    assertRefused("{\"type\": \"python\", \"name\": \"p\", \"source\": \"1\"}", 400, "grader.type");
    assertRefused("{\"type\": \"regex\", \"name\": \"p\"}", 400, "grader.type");
    assertRefused("{\"type\": \"string_check\"}", 400, "grader.name");
    assertRefused("3", 400, "grader");
    assertRefused(check("neq", "a", "b"), 400, "grader.operation");
    assertRefused(check("eq", "{{ env.HOME }}", "b"), 400, "grader.input");
    assertRefused(check("eq", "a", "b\", \"flags\": \"i"), 400, "grader.flags");
    assertRefused(similarity("meteor"), 400, "grader.evaluation_metric");
    assertRefused(similarity("rouge_6"), 400, "grader.evaluation_metric");
    var labels = "\"labels\": [\"a\"], \"passing_labels\": [\"%s\"]";
    assertRefused(judge("label_model", labels.formatted("a")), 400, "grader.type");
    for (var range : List.of("[1, 0]", "[0]", "[0, 1e9]", "[0, 1e999]", "3", "[\"0\", \"1\"]")) {
      assertRefused(judge("score_model", "\"range\": " + range), 400, "grader.range");
    }
    assertRefused(
        judge("score_model", "\"sampling_params\": {\"temperature\": 3}"),
        400,
        "grader.sampling_params.temperature");
    assertRefused(
        judge("score_model", "\"range\": [0, 1]").replace("input_text", "input_image"),
        400,
        "grader.input[0].content[0].type");
    assertRefused(
        judge("score_model", "\"range\": [0, 1]").replace("tiny", "none"), 404, "grader.model");
    var one = check("eq", "a", "b");
    assertRefused(multi("{}", "1"), 400, "grader.graders");
    assertRefused(multi("{\"a-b\": %s}".formatted(one), "1"), 400, "grader.graders");
    assertRefused(multi("{\"a\": %s}".formatted(one), "a +"), 400, "grader.calculate_output");
    assertRefused(multi("{\"a\": %s}".formatted(one), "b"), 400, "grader.calculate_output");
    assertRefused(
        multi("{\"a\": %s}".formatted(check("is", "a", "b")), "a"),
        400,
        "grader.graders.a.operation");
    assertRefused(
        multi("{\"a\": %s}".formatted(multi("{\"b\": %s}".formatted(one), "b")), "a"),
        400,
        "grader.graders.a.type");
    assertRefused(
        multi("{\"a\": %s}".formatted(judge("label_model", labels.formatted("b"))), "a"),
        400,
        "grader.graders.a.passing_labels");
  }

  @Test
  void whatAMetricCannotCompareIsRefused() throws Exception {
    var body = "{\"grader\": %s, \"item\": {\"answer\": \"%s\"}, \"model_sample\": \"%s\"}";
    var other = post("run", body.formatted(similarity("rouge_2"), "茶", "tea"));
    assertEquals(400, other.statusCode(), other::body);
    var tooLong = post("run", body.formatted(similarity("fuzzy_match"), "x".repeat(10_001), "y"));
    assertTrue(tooLong.body().contains("string_above_max_length"), tooLong::body);
    var many = post("run", body.formatted(similarity("cosine"), "word ".repeat(1_900), "y"));
    assertEquals(400, many.statusCode(), many::body);
    assertFalse(many.body().contains("string_above_max_length"), many::body);
  }

  @Test
  void tokensCountForTheKey() throws Exception {
    var poor = server.poorKey("acme", 1);
    var grader = judge("score_model", "\"range\": [0, 1]");
    var body = "{\"grader\": %s, \"model_sample\": \"x\"}".formatted(grader);
    assertEquals(200, post(poor, "run", body).statusCode());
    assertEquals(429, post(poor, "run", body).statusCode());
  }
}
