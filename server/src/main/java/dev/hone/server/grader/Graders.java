package dev.hone.server.grader;

import dev.hone.ladder.metric.Reference;
import dev.hone.model.UsageException;
import dev.hone.server.api.ApiException;
import dev.hone.server.grader.Grader.Judge;
import dev.hone.server.grader.Grader.Multi;
import dev.hone.server.grader.Grader.StringCheck;
import dev.hone.server.grader.Grader.TextSimilarity;
import dev.hone.server.model.ModelNames;
import dev.hone.server.openai.Chat;
import dev.hone.server.openai.ChatRequest;
import dev.hone.server.openai.Spent;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Runs graders, with the models that a tenant may ask.
///
/// @param client whose turn questions to models count as
/// @param spent told what they took
public record Graders(
    Chat chat, ModelNames names, String tenant, String client, Consumer<Spent> spent) {
  private static final int MOST_LETTERS = 10_000;
  private static final String RESULT = "result";

  /// @throws ApiException where the tenant has no model that the grader asks
  public void requireModels(Grader grader) throws IOException {
    switch (grader) {
      case StringCheck check -> {}
      case TextSimilarity similarity -> {}
      case Judge judge -> requireModel(judge);
      case Multi multi -> {
        for (var one : multi.graders().values()) {
          requireModels(one);
        }
      }
    }
  }

  private void requireModel(Judge judge) throws IOException {
    try {
      names.find(tenant, judge.model());
    } catch (ApiException e) {
      throw new ApiException(
          e.status(), e.getMessage(), e.type(), Optional.of(judge.modelPath()), e.code());
    }
  }

  /// What cannot be graded has a reward of 0, and an error that says why.
  ///
  /// @param variables as [GraderRequest] has them
  /// @throws ApiException where a text is too long, or the metric does not know it
  public Graded run(Grader grader, JsonNode variables) throws IOException, InterruptedException {
    try {
      return switch (grader) {
        case StringCheck(var name, var input, var reference, var operation) ->
            Graded.of(operation.holds(input.fill(variables), reference.fill(variables)) ? 1 : 0);
        case TextSimilarity similarity -> Graded.of(score(similarity, variables));
        case Judge judge -> judged(judge, variables);
        case Multi multi -> combined(multi, variables);
      };
    } catch (GradingException e) {
      return Graded.failed(e.error(), e.getMessage());
    }
  }

  private static double score(TextSimilarity similarity, JsonNode variables) {
    var input = brief(similarity.input(), variables);
    var reference = new Reference("", List.of(brief(similarity.reference(), variables)));
    try {
      return similarity.metric().score(reference, input);
    } catch (UsageException e) {
      var path = similarity.reference().path();
      throw ApiException.invalid(path, "Invalid '%s': %s".formatted(path, e.getMessage()));
    }
  }

  /// Some metrics take time by the square of a text's length.
  private static String brief(Template template, JsonNode variables) {
    var text = template.fill(variables);
    if (text.length() > MOST_LETTERS) {
      throw Template.tooLong(template.path(), MOST_LETTERS);
    }
    return text;
  }

  private Graded judged(Judge judge, JsonNode variables) throws IOException, InterruptedException {
    var request = request(judge, variables);
    ObjectNode reply;
    try {
      var model = names.find(tenant, judge.model());
      reply = chat.answer(ChatRequest.read(request), model, client, spent);
    } catch (ApiException e) {
      throw new GradingException(GradingError.MODEL_GRADER_SERVER, e.getMessage());
    }
    var used = reply.path("usage");
    var usage =
        new Graded.Usage(
            used.path("prompt_tokens").asLong(),
            used.at("/prompt_tokens_details/cached_tokens").asLong(),
            used.path("completion_tokens").asLong());
    var result = result(reply.at("/choices/0/message/content").asString());
    return new Graded(
        result.map(judge::reward).orElse(0.0),
        result.isPresent() ? Set.of() : Set.of(GradingError.MODEL_GRADER_PARSE),
        Optional.empty(),
        Map.of(),
        Map.of(judge.model(), usage));
  }

  /// Empty where the answer ended before its end.
  private static Optional<JsonNode> result(String answer) {
    try {
      return Optional.of(JsonMapper.shared().readTree(answer).path(RESULT));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /// The form is OpenAI's without the steps behind the result, which can change it no more.
  private static ObjectNode request(Judge judge, JsonNode variables) {
    var request = JsonNodeFactory.instance.objectNode().put("model", judge.model());
    var messages = request.putArray("messages");
    for (var said : judge.input()) {
      messages.addObject().put("role", said.role()).put("content", said.content().fill(variables));
    }
    request.setAll(judge.sampling());
    var format = request.putObject("response_format").put("type", "json_schema");
    var schema = format.putObject("json_schema").put("name", "grade").putObject("schema");
    schema.put("type", "object").put("additionalProperties", false);
    schema.putArray("required").add(RESULT);
    schema.putObject("properties").putObject(RESULT).putArray("enum").addAll(judge.results());
    return request;
  }

  private Graded combined(Multi multi, JsonNode variables)
      throws IOException, InterruptedException {
    var rewards = new LinkedHashMap<String, Double>();
    var errors = EnumSet.noneOf(GradingError.class);
    var detail = Optional.<String>empty();
    var usage = new HashMap<String, Graded.Usage>();
    for (var entry : multi.graders().entrySet()) {
      var graded = run(entry.getValue(), variables);
      rewards.put(entry.getKey(), graded.reward());
      errors.addAll(graded.errors());
      detail = detail.or(graded::detail);
      graded.usage().forEach((model, used) -> usage.merge(model, used, Graded.Usage::plus));
    }
    double reward = multi.formula().of(rewards);
    if (!Double.isFinite(reward)) {
      errors.add(GradingError.OTHER);
    }
    return new Graded(Double.isFinite(reward) ? reward : 0, errors, detail, rewards, usage);
  }
}
