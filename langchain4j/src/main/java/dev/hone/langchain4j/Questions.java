package dev.hone.langchain4j;

import dev.hone.model.chat.Question;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.grammar.Grammar;
import dev.hone.model.grammar.JsonSchema;
import dev.hone.model.serve.LogitBias;
import dev.hone.model.text.Conversation;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// LangChain4j's requests as questions to a model. What isn't honoured is refused.
final class Questions {
  private Questions() {}

  /// @param seed of the answer
  /// @throws UnsupportedFeatureException what no model here can do
  /// @throws InvalidRequestException when it contradicts itself
  /// @throws dev.hone.model.UsageException when a value is out of its bounds
  static Question of(ChatRequest request, long seed) {
    boolean isOffering = request.toolChoice() != ToolChoice.NONE;
    var tools = isOffering ? request.toolSpecifications() : List.<ToolSpecification>of();
    var conversation =
        new Conversation(
            Messages.of(request.messages()), tools.stream().map(Questions::tool).toList());
    return new Question(conversation, mustCall(request, tools), options(request, seed));
  }

  /// The penalties.
  static LogitBias bias(ChatRequest request) {
    return new LogitBias(
        Map.of(), orElse(request.frequencyPenalty(), 0.0), orElse(request.presencePenalty(), 0.0));
  }

  private static List<String> mustCall(ChatRequest request, List<ToolSpecification> tools) {
    if (request.toolChoice() != ToolChoice.REQUIRED) {
      return List.of();
    }
    if (tools.isEmpty()) {
      throw new InvalidRequestException("a tool call is required, and no tool is on offer");
    }
    return tools.stream().map(ToolSpecification::name).toList();
  }

  private static SamplingOptions options(ChatRequest request, long seed) {
    var options =
        SamplingOptions.greedy(orElse(request.maxOutputTokens(), Integer.MAX_VALUE))
            .withTemperature(orElse(request.temperature(), 1.0))
            .withTopP(orElse(request.topP(), 1.0))
            .withTopK(orElse(request.topK(), 0))
            .withStop(request.stopSequences())
            .withSeed(seed);
    return grammar(request.responseFormat()).map(options::withGrammar).orElse(options);
  }

  private static <T> T orElse(T given, T usual) {
    return given == null ? usual : given;
  }

  private static Optional<Grammar> grammar(ResponseFormat format) {
    if (format == null || format.type() == ResponseFormatType.TEXT) {
      return Optional.empty();
    }
    return Optional.of(
        format.jsonSchema() == null
            ? JsonSchema.anyObject()
            : JsonSchema.compile(schema(format.jsonSchema())));
  }

  private static JsonNode schema(dev.langchain4j.model.chat.request.json.JsonSchema schema) {
    return JsonMapper.shared().valueToTree(JsonSchemaElementUtils.toMap(schema.rootElement()));
  }

  /// As OpenAI has it, and chat templates expect it.
  private static Map<String, Object> tool(ToolSpecification tool) {
    var function = new LinkedHashMap<String, Object>();
    function.put("name", tool.name());
    if (tool.description() != null) {
      function.put("description", tool.description());
    }
    function.put(
        "parameters",
        tool.parameters() == null
            ? noParameters()
            : JsonSchemaElementUtils.toMap(tool.parameters()));
    var whole = new LinkedHashMap<String, Object>();
    whole.put("type", "function");
    whole.put("function", function);
    return whole;
  }

  private static Map<String, Object> noParameters() {
    var none = new LinkedHashMap<String, Object>();
    none.put("type", "object");
    none.put("properties", Map.of());
    none.put("required", List.of());
    return none;
  }
}
