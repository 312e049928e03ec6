package dev.hone.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.PermissionDeniedException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.finetuning.alpha.graders.GraderRunParams;
import com.openai.models.finetuning.alpha.graders.GraderValidateParams;
import com.openai.models.finetuning.checkpoints.permissions.PermissionCreateParams;
import com.openai.models.finetuning.checkpoints.permissions.PermissionDeleteParams;
import com.openai.models.finetuning.checkpoints.permissions.PermissionListParams;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.FineTuningJobEvent;
import com.openai.models.finetuning.jobs.JobCreateParams;
import com.openai.models.finetuning.jobs.JobListEventsParams;
import com.openai.models.finetuning.methods.SupervisedHyperparameters;
import com.openai.models.finetuning.methods.SupervisedMethod;
import com.openai.models.graders.gradermodels.MultiGrader;
import com.openai.models.graders.gradermodels.ScoreModelGrader;
import com.openai.models.graders.gradermodels.StringCheckGrader;
import com.openai.models.models.Model;
import com.openai.services.blocking.finetuning.checkpoints.PermissionService;
import dev.hone.server.state.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// OpenAI's own client for Java, with every answer validated by it.
class OpenAiSdkTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  private static final List<OpenAIClient> OPENED = new ArrayList<>();

  @TempDir static Path dir;
  private static TestServer server;
  private static OpenAIClient client;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start(dir);
    client = client(server.key("acme", Scope.INFERENCE, Scope.FINE_TUNING));
  }

  @AfterAll
  static void stop() throws IOException {
    OPENED.forEach(OpenAIClient::close);
    server.close();
    assertEquals(List.of(), server.warnings());
  }

  private static OpenAIClient client(String key) {
    var client =
        OpenAIOkHttpClient.builder()
            .baseUrl(server.url())
            .apiKey(key)
            .adminApiKey(key)
            .maxRetries(0)
            .responseValidation(true)
            .build();
    OPENED.add(client);
    return client;
  }

  private static FileObject upload(String name, String text) throws IOException {
    var file = Files.writeString(dir.resolve(name), text);
    return client
        .files()
        .create(FileCreateParams.builder().file(file).purpose(FilePurpose.FINE_TUNE).build());
  }

  private static String rows() {
    var rows = new StringBuilder();
    for (int i = 0; i < 24; i++) {
      rows.append(
          "{\"messages\": [{\"role\": \"user\", \"content\": \"Who sat on mat %d?\"}, {\"role\":"
                  .formatted(i)
              + " \"assistant\", \"content\": \"The cat.\"}]}\n");
    }
    return rows.toString();
  }

  private static FineTuningJob create(String file, int epochs, int batchSize) {
    var hyperparameters =
        SupervisedHyperparameters.builder().nEpochs(epochs).batchSize(batchSize).build();
    var method =
        JobCreateParams.Method.builder()
            .type(JobCreateParams.Method.Type.SUPERVISED)
            .supervised(SupervisedMethod.builder().hyperparameters(hyperparameters).build())
            .build();
    return client
        .fineTuning()
        .jobs()
        .create(
            JobCreateParams.builder()
                .model(TestServer.MODEL)
                .trainingFile(file)
                .method(method)
                .suffix("shop")
                .seed(5)
                .metadata(
                    JobCreateParams.Metadata.builder()
                        .putAdditionalProperty("team", JsonValue.from("a"))
                        .build())
                .build());
  }

  private static FineTuningJob awaitEnd(String id) throws InterruptedException {
    long end = System.nanoTime() + LONG.toNanos();
    var job = client.fineTuning().jobs().retrieve(id);
    while (job.finishedAt().isEmpty()) {
      assertTrue(System.nanoTime() < end, "waited too long");
      Thread.sleep(50);
      job = client.fineTuning().jobs().retrieve(id);
    }
    return job;
  }

  private static List<FineTuningJobEvent> events(String id) {
    var page =
        client.fineTuning().jobs().listEvents(id, JobListEventsParams.builder().limit(4).build());
    return page.autoPager().stream().toList();
  }

  @Test
  void aFileBecomesAModelThatAnswersAndIsDeleted() throws Exception {
    var file = upload("rows.jsonl", rows());
    assertEquals("rows.jsonl", file.filename());
    assertEquals(rows().length(), file.bytes());
    assertEquals(file, client.files().retrieve(file.id()));
    assertTrue(client.files().list().autoPager().stream().anyMatch(file::equals));

    var job = awaitEnd(create(file.id(), 2, 8).id());
    assertEquals(FineTuningJob.Status.SUCCEEDED, job.status(), () -> events(job.id()).toString());
    assertTrue(job.trainedTokens().orElseThrow() > 0);
    assertTrue(
        client.fineTuning().jobs().list().autoPager().stream()
            .anyMatch(other -> other.id().equals(job.id())));
    tellsWhatHappened(job);

    var name = job.fineTunedModel().orElseThrow();
    assertTrue(name.startsWith("ft:tiny:acme:shop:"), name);
    assertEquals(name, client.models().retrieve(name).id());
    assertTrue(models().contains(name));
    answersWholeAndStreamedAlike(name);
    isAskedByWhomItIsGrantedTo(name);

    assertTrue(client.models().delete(name).deleted());
    assertFalse(models().contains(name));
    var gone = assertThrows(NotFoundException.class, () -> ask(chat(name).build()));
    assertError(gone, "model", "model_not_found");
    assertTrue(client.files().delete(file.id()).deleted());
    assertThrows(NotFoundException.class, () -> client.files().retrieve(file.id()));
  }

  private static void isAskedByWhomItIsGrantedTo(String model) throws IOException {
    var permissions = permissions(client(server.key("acme", Scope.ADMIN)));
    var partner = client(server.key("partner", Scope.ADMIN, Scope.INFERENCE, Scope.FINE_TUNING));
    var request = chat(model).build();
    assertThrows(NotFoundException.class, () -> partner.models().retrieve(model));
    var projects = PermissionCreateParams.builder().projectIds(List.of("partner", "third")).build();
    var granted = permissions.create(model, projects).items();
    assertEquals(model, partner.models().retrieve(model).id());
    assertEquals(text(ask(request)), text(partner.chat().completions().create(request)));
    assertThrows(NotFoundException.class, () -> partner.models().delete(model));
    assertThrows(NotFoundException.class, () -> permissions(partner).create(model, projects));
    assertThrows(NotFoundException.class, () -> permissions(partner).list(model));
    assertThrows(PermissionDeniedException.class, () -> permissions(client).list(model));

    var inPages =
        PermissionListParams.builder().limit(1).order(PermissionListParams.Order.ASCENDING).build();
    assertEquals(
        granted.stream().map(one -> one.id()).toList(),
        permissions.list(model, inPages).autoPager().stream().map(one -> one.id()).toList());
    var first = PermissionDeleteParams.builder().fineTunedModelCheckpoint(model).build();
    var id = granted.getFirst().id();
    assertTrue(permissions.delete(id, first).deleted());
    assertThrows(NotFoundException.class, () -> permissions.delete(id, first));
    assertThrows(NotFoundException.class, () -> partner.chat().completions().create(request));
  }

  private static PermissionService permissions(OpenAIClient client) {
    return client.fineTuning().checkpoints().permissions();
  }

  private static void tellsWhatHappened(FineTuningJob job) throws IOException {
    var events = events(job.id());
    assertEquals("Fine tuning job successfully completed", events.getFirst().message());
    assertEquals("Created fine-tuning job", events.getLast().message());
    assertEquals(events.size(), new HashSet<>(events).size());
    assertTrue(events.size() > 8, events::toString);

    var checkpoints =
        client.fineTuning().jobs().checkpoints().list(job.id()).autoPager().stream().toList();
    assertEquals(List.of(6L, 3L), checkpoints.stream().map(c -> c.stepNumber()).toList());
    assertTrue(checkpoints.getFirst().metrics().trainLoss().isPresent());

    try (var result = client.files().content(job.resultFiles().getFirst())) {
      var csv = new String(result.body().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(csv.startsWith("step,train_loss"), csv);
      assertEquals(7, csv.lines().count());
    }
  }

  private static List<String> models() {
    return client.models().list().autoPager().stream().map(Model::id).toList();
  }

  private static ChatCompletionCreateParams.Builder chat(String model) {
    return ChatCompletionCreateParams.builder()
        .model(model)
        .addSystemMessage("You say who sat.")
        .addUserMessage("Who sat on mat 3?")
        .maxCompletionTokens(24)
        .temperature(0);
  }

  private static ChatCompletion ask(ChatCompletionCreateParams request) {
    return client.chat().completions().create(request);
  }

  private static ChatCompletion askStreamed(ChatCompletionCreateParams request) {
    var whole = ChatCompletionAccumulator.create();
    try (var chunks = client.chat().completions().createStreaming(request)) {
      chunks.stream().forEach(chunk -> whole.accumulate(chunk.validate()));
    }
    return whole.chatCompletion();
  }

  private static ChatCompletionCreateParams.Builder streamed(
      ChatCompletionCreateParams.Builder request) {
    return request.streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build());
  }

  private static String text(ChatCompletion answer) {
    return answer.choices().getFirst().message().content().orElseThrow();
  }

  private static void answersWholeAndStreamedAlike(String model) {
    var whole = ask(chat(model).build());
    var streamed = askStreamed(streamed(chat(model)).build());
    assertFalse(text(whole).isEmpty());
    assertEquals(text(whole), text(streamed));
    var first = whole.choices().getFirst();
    assertEquals(first.finishReason(), streamed.choices().getFirst().finishReason());
    var usage = whole.usage().orElseThrow();
    assertEquals(usage.totalTokens(), streamed.usage().orElseThrow().totalTokens());
    assertEquals(model, whole.model());
  }

  private static ChatCompletionFunctionTool tool() {
    var parameters =
        FunctionParameters.builder()
            .putAdditionalProperty("type", JsonValue.from("object"))
            .putAdditionalProperty(
                "properties",
                JsonValue.from(
                    Map.of(
                        "city",
                        Map.of("type", "string", "enum", List.of("Bern", "Oslo")),
                        "days",
                        Map.of("type", "integer", "minimum", 1, "maximum", 9))))
            .putAdditionalProperty("required", JsonValue.from(List.of("city", "days")))
            .putAdditionalProperty("additionalProperties", JsonValue.from(false))
            .build();
    return ChatCompletionFunctionTool.builder()
        .function(
            FunctionDefinition.builder()
                .name("forecast")
                .description("Tells the weather.")
                .parameters(parameters)
                .strict(true)
                .build())
        .build();
  }

  private static ChatCompletionCreateParams.Builder withTool(
      ChatCompletionToolChoiceOption.Auto choice) {
    return chat(TestServer.MODEL).addTool(tool()).toolChoice(choice).maxCompletionTokens(200);
  }

  private static void assertCall(ChatCompletion answer) {
    var choice = answer.choices().getFirst();
    assertEquals(ChatCompletion.Choice.FinishReason.TOOL_CALLS, choice.finishReason());
    assertEquals(Optional.empty(), choice.message().content().filter(text -> !text.isEmpty()));
    var call = choice.message().toolCalls().orElseThrow().getFirst().asFunction();
    assertTrue(call.id().startsWith("call_"), call.id());
    assertEquals("forecast", call.function().name());
    var arguments = JsonMapper.shared().readTree(call.function().arguments());
    assertTrue(List.of("Bern", "Oslo").contains(arguments.path("city").asString()), call::toString);
    assertTrue(arguments.path("days").isIntegralNumber(), call::toString);
  }

  @Test
  void aRequiredToolIsCalledWithArgumentsThatFit() {
    var request = withTool(ChatCompletionToolChoiceOption.Auto.REQUIRED).build();
    assertCall(ask(request));
    assertCall(askStreamed(request));
  }

  @Test
  void aCallAndItsResultAreReadBack() {
    var called =
        ask(withTool(ChatCompletionToolChoiceOption.Auto.REQUIRED).build()).choices().getFirst();
    var id = called.message().toolCalls().orElseThrow().getFirst().asFunction().id();
    var next =
        withTool(ChatCompletionToolChoiceOption.Auto.AUTO)
            .addMessage(called.message())
            .addMessage(
                ChatCompletionToolMessageParam.builder().toolCallId(id).content("rain").build())
            .build();
    assertTrue(ask(next).usage().orElseThrow().promptTokens() > 0);
  }

  @Test
  void anOfferedToolMayBeLeft() {
    var request =
        withTool(ChatCompletionToolChoiceOption.Auto.AUTO).maxCompletionTokens(16).build();
    assertEquals(text(ask(request)), text(askStreamed(request)));
  }

  @Test
  void anAnswerIsHeldToASchema() {
    var schema =
        ResponseFormatJsonSchema.JsonSchema.Schema.builder()
            .putAdditionalProperty("type", JsonValue.from("object"))
            .putAdditionalProperty(
                "properties",
                JsonValue.from(
                    Map.of("mood", Map.of("type", "string", "enum", List.of("good", "bad")))))
            .putAdditionalProperty("required", JsonValue.from(List.of("mood")))
            .putAdditionalProperty("additionalProperties", JsonValue.from(false))
            .build();
    var format =
        ResponseFormatJsonSchema.builder()
            .jsonSchema(
                ResponseFormatJsonSchema.JsonSchema.builder()
                    .name("mood")
                    .strict(true)
                    .schema(schema)
                    .build())
            .build();
    var request = chat(TestServer.MODEL).maxCompletionTokens(100).responseFormat(format).build();
    var mood = JsonMapper.shared().readTree(text(ask(request))).path("mood").asString();
    assertTrue(List.of("good", "bad").contains(mood), mood);
    assertEquals(text(ask(request)), text(askStreamed(request)));
  }

  @Test
  void answersCanBeSeveralWithTheOddsOfTheirTokens() {
    var answer =
        ask(
            chat(TestServer.MODEL)
                .temperature(1)
                .putAdditionalBodyProperty("seed", JsonValue.from(7))
                .n(2)
                .logprobs(true)
                .topLogprobs(3)
                .stop("Z")
                .build());
    assertEquals(2, answer.choices().size());
    for (var choice : answer.choices()) {
      var odds = choice.logprobs().orElseThrow().content().orElseThrow();
      assertFalse(odds.isEmpty());
      assertTrue(odds.stream().allMatch(token -> token.topLogprobs().size() == 3));
    }
  }

  @Test
  void gradersAreValidatedAndRun() {
    var exact =
        StringCheckGrader.builder()
            .name("exact")
            .input("{{ sample.output_text }}")
            .reference("{{ item.answer }}")
            .operation(StringCheckGrader.Operation.ILIKE)
            .build();
    var half = MultiGrader.builder().name("half").graders(exact).calculateOutput("exact / 2");
    var judge =
        ScoreModelGrader.builder()
            .name("judge")
            .model(TestServer.MODEL)
            .addInput(
                ScoreModelGrader.Input.builder()
                    .role(ScoreModelGrader.Input.Role.USER)
                    .content("Grade {{ sample.output_text }}")
                    .build())
            .range(List.of(1.0, 2.0))
            .build();
    var graders = client.fineTuning().alpha().graders();
    var valid = graders.validate(GraderValidateParams.builder().grader(half.build()).build());
    assertEquals("half", valid.grader().orElseThrow().asMulti().name());
    var run =
        GraderRunParams.builder()
            .item(JsonValue.from(Map.of("answer", "cat")))
            .modelSample("The Cat.");
    var graded = graders.run(run.grader(half.build()).build());
    assertEquals(0.5, graded.reward());
    assertFalse(graded.metadata().errors().invalidVariableError());
    assertEquals(1, graded.subRewards()._allProperties().size());
    var judged = graders.run(run.grader(judge).build());
    assertTrue(judged.reward() >= 1 && judged.reward() <= 2, judged::toString);
    assertEquals(Optional.of(TestServer.MODEL), judged.metadata().sampledModelName());
    assertTrue(judged.metadata().tokenUsage().orElseThrow() > 0);
  }

  @Test
  void aJobIsCancelled() throws Exception {
    var job = create(upload("long.jsonl", rows()).id(), 50, 1);
    var cancelled = client.fineTuning().jobs().cancel(job.id());
    assertEquals(FineTuningJob.Status.CANCELLED, cancelled.status());
    assertEquals("Fine-tuning job cancelled", events(job.id()).getFirst().message());
    var again =
        assertThrows(BadRequestException.class, () -> client.fineTuning().jobs().cancel(job.id()));
    assertError(again, "fine_tune_id", "invalid_job_status");
  }

  @Test
  void aBrokenFileFailsItsJob() throws Exception {
    var job = awaitEnd(create(upload("bad.jsonl", "{\"messages\": 3}\n").id(), 1, 1).id());
    assertEquals(FineTuningJob.Status.FAILED, job.status());
    assertEquals("invalid_training_file", job.error().orElseThrow().code());
  }

  @Test
  void errorsAreThoseOfTheirKind() throws Exception {
    var hot =
        assertThrows(
            BadRequestException.class, () -> ask(chat(TestServer.MODEL).temperature(3).build()));
    assertError(hot, "temperature", "invalid_value");
    var unknown =
        assertThrows(
            BadRequestException.class,
            () ->
                ask(
                    chat(TestServer.MODEL)
                        .putAdditionalBodyProperty("best_of", JsonValue.from(2))
                        .build()));
    assertError(unknown, "best_of", "unknown_parameter");
    var file =
        assertThrows(BadRequestException.class, () -> create("file-" + "x".repeat(24), 1, 1));
    assertError(file, "training_file", "invalid_training_file");
    assertThrows(NotFoundException.class, () -> client.models().retrieve("none"));
    assertThrows(NotFoundException.class, () -> client.fineTuning().jobs().retrieve("ftjob-x"));
    var stranger = client("sk-hone-nobody");
    var refused = assertThrows(UnauthorizedException.class, () -> stranger.models().list());
    assertEquals(Optional.of("invalid_api_key"), refused.code());
    var asker = client(server.key("acme", Scope.INFERENCE));
    var forbidden = assertThrows(PermissionDeniedException.class, () -> asker.files().list());
    assertEquals(Optional.of("missing_scope"), forbidden.code());
  }

  @Test
  void aKeyThatAsksTooOftenIsToldWhenToComeBack() throws Exception {
    var slow = client(server.slowKey("acme", 2));
    slow.models().list();
    slow.models().list();
    var refused = assertThrows(RateLimitException.class, () -> slow.models().list());
    assertEquals(Optional.of("rate_limit_exceeded"), refused.code());
    int seconds = Integer.parseInt(refused.headers().values("retry-after").getFirst());
    assertTrue(seconds > 0 && seconds <= 30, () -> "retry after " + seconds);
  }

  @Test
  void anothersFilesJobsAndModelsAreNotThere() throws Exception {
    var file = upload("own.jsonl", rows());
    var job = create(file.id(), 1, 8);
    var other = client(server.key("other", Scope.INFERENCE, Scope.FINE_TUNING));
    assertThrows(NotFoundException.class, () -> other.files().retrieve(file.id()));
    assertThrows(NotFoundException.class, () -> other.files().delete(file.id()));
    assertThrows(NotFoundException.class, () -> other.files().content(file.id()).close());
    assertThrows(NotFoundException.class, () -> other.fineTuning().jobs().retrieve(job.id()));
    assertThrows(NotFoundException.class, () -> other.fineTuning().jobs().cancel(job.id()));
    assertThrows(NotFoundException.class, () -> other.fineTuning().jobs().listEvents(job.id()));
    assertTrue(other.files().list().items().isEmpty());
    assertTrue(other.fineTuning().jobs().list().items().isEmpty());
    client.fineTuning().jobs().cancel(job.id());
  }

  private static void assertError(OpenAIServiceException error, String param, String code) {
    assertEquals(Optional.of(param), error.param(), error::getMessage);
    assertEquals(Optional.of(code), error.code(), error::getMessage);
    assertEquals(Optional.of("invalid_request_error"), error.type(), error::getMessage);
  }
}
