package dev.hone.server.openai;

import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.serve.LogitBias;
import dev.hone.server.api.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;

/// A request of `POST /v1/completions`: text that is written on from, without a chat template.
///
/// @param prompts each answered `choices` times
/// @param topLogprobs likeliest tokens told at each place; below 0 none
/// @param isEchoed whether the prompt stands before the answer
public record CompletionRequest(
    String model,
    List<String> prompts,
    int choices,
    int maxTokens,
    double temperature,
    double topP,
    List<String> stop,
    long seed,
    int topLogprobs,
    boolean isEchoed,
    LogitBias bias,
    Optional<ChatRequest.Streaming> stream,
    String user) {
  private static final int USUAL_TOKENS = 16;
  private static final int MOST_TOKENS = 1 << 20;
  private static final int MOST_CHOICES = 16;
  private static final int MOST_PROMPTS = 16;
  private static final int MOST_LOGPROBS = 5;

  /// @throws ApiException naming what is wrong, unknown or not supported
  public static CompletionRequest read(JsonNode body) {
    var fields = Fields.of(body);
    var request =
        new CompletionRequest(
            fields.requireText("model"),
            prompts(fields),
            fields.integer("n", 1, MOST_CHOICES).orElse(1),
            fields.integer("max_tokens", 1, MOST_TOKENS).orElse(USUAL_TOKENS),
            fields.number("temperature", 0, 2).orElse(1),
            fields.number("top_p", 0, 1).orElse(1),
            ChatRequest.stops(fields),
            fields
                .wholeNumber("seed", Long.MIN_VALUE, Long.MAX_VALUE)
                .orElseGet(() -> new SplittableRandom().nextLong()),
            fields.integer("logprobs", 0, MOST_LOGPROBS).orElse(-1),
            fields.flag("echo", false),
            ChatRequest.bias(fields),
            ChatRequest.streaming(fields),
            fields.text("user").orElse(""));
    fields.onlyIf("best_of", "1", String.valueOf(request.choices()));
    fields.onlyIf("suffix", "\"\"");
    fields.end();
    return request;
  }

  private static List<String> prompts(Fields fields) {
    var prompt = fields.require("prompt");
    var prompts = new ArrayList<String>();
    if (prompt.isArray()) {
      prompt.forEach(one -> prompts.add(text(one)));
    } else {
      prompts.add(text(prompt));
    }
    if (prompts.isEmpty() || prompts.size() > MOST_PROMPTS) {
      throw ApiException.invalid(
          "prompt", "Invalid 'prompt': must be a text or 1 to %d texts.".formatted(MOST_PROMPTS));
    }
    return prompts;
  }

  private static String text(JsonNode prompt) {
    if (!prompt.isString()) {
      throw Fields.wrongType("prompt", "a text or an array of texts", prompt);
    }
    return prompt.asString();
  }

  SamplingOptions options(int room, Set<Integer> stopIds, int choice) {
    return SamplingOptions.greedy(Math.min(room, maxTokens))
        .withTemperature(temperature)
        .withTopP(topP)
        .withSeed(seed + choice)
        .withStop(stop)
        .withStopIds(stopIds);
  }
}
