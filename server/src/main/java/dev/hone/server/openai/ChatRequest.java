package dev.hone.server.openai;

import dev.hone.model.chat.Question;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.grammar.Grammar;
import dev.hone.model.serve.LogitBias;
import dev.hone.model.text.Conversation;
import dev.hone.server.api.ApiException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A request of `POST /v1/chat/completions`.
///
/// @param conversation with the tools on offer
/// @param grammar that the answer is held to; empty for any text
/// @param maxTokens of the answer; empty for as many as the context has
/// @param choices how many answers
/// @param seed of what is drawn
/// @param topLogprobs likeliest tokens told at each place; below 0 none
/// @param bias added to logits
/// @param user of the caller's, for fairness between them
public record ChatRequest(
    String model,
    Conversation conversation,
    ToolChoice toolChoice,
    boolean hasParallelCalls,
    Optional<Grammar> grammar,
    double temperature,
    double topP,
    OptionalInt maxTokens,
    List<String> stop,
    int choices,
    long seed,
    int topLogprobs,
    LogitBias bias,
    Optional<Streaming> stream,
    String user) {
  private static final int MOST_STOPS = 4;
  private static final int MOST_CHOICES = 16;
  private static final int MOST_TOP_LOGPROBS = 20;
  private static final int MOST_TOOLS = 128;
  private static final int MOST_BIAS = 300;
  private static final int MOST_TOKENS = 1 << 20;
  private static final Pattern FUNCTION = Pattern.compile("[a-zA-Z0-9_.-]{1,64}");

  /// @param hasUsage whether a last chunk tells the tokens
  public record Streaming(boolean hasUsage) {}

  /// @throws ApiException naming what is wrong, unknown or not supported
  public static ChatRequest read(JsonNode body) {
    var fields = Fields.of(body);
    var model = fields.requireText("model");
    var messages = Messages.read(fields);
    var tools = tools(fields);
    var choice = ToolChoice.read(fields, tools);
    var request =
        new ChatRequest(
            model,
            new Conversation(messages, choice instanceof ToolChoice.None ? List.of() : tools),
            choice,
            fields.flag("parallel_tool_calls", true),
            ResponseFormat.read(fields),
            fields.number("temperature", 0, 2).orElse(1),
            fields.number("top_p", 0, 1).orElse(1),
            maxTokens(fields),
            stops(fields),
            fields.integer("n", 1, MOST_CHOICES).orElse(1),
            seed(fields),
            topLogprobs(fields),
            bias(fields),
            streaming(fields),
            fields.text("user").or(() -> fields.text("safety_identifier")).orElse(""));
    refuseOthers(fields);
    return request;
  }

  private static void refuseOthers(Fields fields) {
    fields.onlyIf("modalities", "[\"text\"]");
    fields.onlyIf("service_tier", "\"auto\"", "\"default\"");
    fields.onlyIf("store", "false");
    fields.onlyIf("verbosity", "\"medium\"");
    fields.onlyIf("metadata", "{}");
    for (var name :
        List.of(
            "audio",
            "moderation",
            "prediction",
            "reasoning_effort",
            "web_search_options",
            "functions",
            "function_call",
            "prompt_cache_retention")) {
      fields.onlyIf(name);
    }
    fields.text("safety_identifier");
    fields.text("prompt_cache_key"); // prompts that begin alike are always computed once
    fields.end();
  }

  private static OptionalInt maxTokens(Fields fields) {
    var asked = fields.integer("max_completion_tokens", 1, MOST_TOKENS);
    var older = fields.integer("max_tokens", 1, MOST_TOKENS);
    if (asked.isPresent() && older.isPresent()) {
      throw ApiException.invalid(
          "max_tokens", "Give 'max_completion_tokens' or 'max_tokens', not both.");
    }
    return asked.isPresent() ? asked : older;
  }

  private static long seed(Fields fields) {
    OptionalLong seed = fields.wholeNumber("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    return seed.orElseGet(() -> new SplittableRandom().nextLong());
  }

  private static int topLogprobs(Fields fields) {
    boolean isWanted = fields.flag("logprobs", false);
    var top = fields.integer("top_logprobs", 0, MOST_TOP_LOGPROBS);
    if (top.isPresent() && !isWanted) {
      throw ApiException.invalid("top_logprobs", "'top_logprobs' needs 'logprobs' to be true.");
    }
    return isWanted ? top.orElse(0) : -1;
  }

  static Optional<Streaming> streaming(Fields fields) {
    boolean isWanted = fields.flag("stream", false);
    var options = fields.object("stream_options");
    if (options.isPresent() && !isWanted) {
      throw ApiException.invalid(
          "stream_options",
          "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
    }
    boolean hasUsage =
        options
            .map(given -> {
              boolean isAsked = given.flag("include_usage", false);
              given.onlyIf("include_obfuscation", "true", "false");
              given.end();
              return isAsked;
            })
            .orElse(false);
    return isWanted ? Optional.of(new Streaming(hasUsage)) : Optional.empty();
  }

  static List<String> stops(Fields fields) {
    var stop = fields.take("stop");
    if (stop.isEmpty()) {
      return List.of();
    }
    var texts = new ArrayList<String>();
    if (stop.get().isArray()) {
      stop.get().forEach(one -> texts.add(stop(one)));
    } else {
      texts.add(stop(stop.get()));
    }
    if (texts.isEmpty() || texts.size() > MOST_STOPS) {
      throw ApiException.invalid("stop", "Invalid 'stop': must have 1 to 4 texts.");
    }
    return texts;
  }

  private static String stop(JsonNode text) {
    if (!text.isString() || text.asString().isEmpty()) {
      throw Fields.wrongType("stop", "a text or up to 4 texts that are not empty", text);
    }
    return text.asString();
  }

  static LogitBias bias(Fields fields) {
    return new LogitBias(
        fixedBias(fields),
        fields.number("frequency_penalty", -2, 2).orElse(0),
        fields.number("presence_penalty", -2, 2).orElse(0));
  }

  private static Map<Integer, Float> fixedBias(Fields fields) {
    var bias = fields.take("logit_bias");
    if (bias.isEmpty()) {
      return Map.of();
    }
    if (!bias.get().isObject() || bias.get().size() > MOST_BIAS) {
      throw Fields.wrongType("logit_bias", "an object of at most 300 tokens", bias.get());
    }
    var values = new HashMap<Integer, Float>();
    for (var entry : bias.get().properties()) {
      double value = entry.getValue().isNumber() ? entry.getValue().asDouble() : Double.NaN;
      if (!(value >= -100 && value <= 100) || !entry.getKey().matches("\\d{1,9}")) {
        throw ApiException.invalid(
            "logit_bias", "Invalid 'logit_bias': must be token ids with values from -100 to 100.");
      }
      values.put(Integer.parseInt(entry.getKey()), (float) value);
    }
    return values;
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> tools(Fields fields) {
    var list = fields.take("tools");
    if (list.isEmpty()) {
      return List.of();
    }
    if (!list.get().isArray() || list.get().isEmpty() || list.get().size() > MOST_TOOLS) {
      throw Fields.wrongType("tools", "an array of 1 to 128 tools", list.get());
    }
    var tools = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < list.get().size(); i++) {
      var node = list.get().get(i);
      requireFunction(Fields.of(node, "tools[%d]".formatted(i)));
      tools.add(JsonMapper.shared().convertValue(node, Map.class));
    }
    return tools;
  }

  private static void requireFunction(Fields tool) {
    var type = tool.requireText("type");
    if (!type.equals("function")) {
      throw ApiException.invalid(
          tool.path("type"),
          "invalid_value",
          "Invalid value: '%s'. Supported values are: 'function'.".formatted(type));
    }
    tool.require("function");
    var function = tool.object("function").orElseThrow();
    var name = function.requireText("name");
    if (!FUNCTION.matcher(name).matches()) {
      throw ApiException.invalid(
          function.path("name"),
          "Invalid '%s': must be 1 to 64 letters, digits, _, . or -"
              .formatted(function.path("name")));
    }
    function.text("description");
    function.object("parameters");
    function.flag("strict", false);
    function.end();
    tool.end();
  }

  /// As a model is asked; the seed is the first answer's.
  public Question question() {
    var options =
        SamplingOptions.greedy(maxTokens.orElse(Integer.MAX_VALUE))
            .withTemperature(temperature)
            .withTopP(topP)
            .withSeed(seed)
            .withStop(stop);
    var mustCall = toolChoice instanceof ToolChoice.Required(var names) ? names : List.<String>of();
    return new Question(conversation, mustCall, grammar.map(options::withGrammar).orElse(options));
  }
}
