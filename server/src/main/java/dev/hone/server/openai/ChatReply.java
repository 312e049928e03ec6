package dev.hone.server.openai;

import dev.hone.model.generate.FinishReason;
import dev.hone.model.serve.Answer;
import dev.hone.model.serve.TokenScore;
import dev.hone.model.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Answers to `POST /v1/chat/completions`, whole or in chunks.
///
/// @param id the same for all chunks of an answer
/// @param model as the request calls it
/// @param fingerprint of the base
public record ChatReply(
    String id, Instant created, String model, String fingerprint, Tokenizer tokenizer) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  public static ChatReply of(String model, String fingerprint, Tokenizer tokenizer) {
    return new ChatReply(newId("chatcmpl-"), Instant.now(), model, fingerprint, tokenizer);
  }

  static String newId(String prefix) {
    var bytes = new byte[14];
    RANDOM.nextBytes(bytes);
    return prefix + HexFormat.of().formatHex(bytes);
  }

  /// One of the answers.
  ///
  /// @param text empty where it only calls tools
  record Choice(Answer answer, String text, List<JsonNode> calls) {
    /// In OpenAI's words.
    String finishReason() {
      return !calls.isEmpty()
          ? "tool_calls"
          : answer.generation().finishReason() == FinishReason.LENGTH ? "length" : "stop";
    }
  }

  private ObjectNode head(String kind) {
    return JSON.objectNode()
        .put("id", id)
        .put("object", kind)
        .put("created", created.getEpochSecond())
        .put("model", model)
        .put("system_fingerprint", fingerprint)
        .put("service_tier", "default");
  }

  ObjectNode whole(List<Choice> choices, boolean hasLogprobs) {
    var reply = head("chat.completion");
    var array = reply.putArray("choices");
    for (int i = 0; i < choices.size(); i++) {
      var choice = choices.get(i);
      var json = array.addObject().put("index", i);
      var message = json.putObject("message").put("role", "assistant");
      boolean isCall = !choice.calls().isEmpty();
      message.put("content", isCall && choice.text().isBlank() ? null : choice.text());
      message.putNull("refusal");
      message.putArray("annotations");
      if (isCall) {
        message.set("tool_calls", calls(choice.calls(), false));
      }
      json.set("logprobs", logprobs(choice.answer().scores(), hasLogprobs));
      json.put("finish_reason", choice.finishReason());
    }
    reply.set("usage", usage(choices.stream().map(Choice::answer).toList()));
    return reply;
  }

  private static ArrayNode calls(List<JsonNode> calls, boolean isChunk) {
    var array = JSON.arrayNode();
    for (int i = 0; i < calls.size(); i++) {
      var call = array.addObject();
      if (isChunk) {
        call.put("index", i);
      }
      call.put("id", newId("call_").substring(0, 29)).put("type", "function");
      call.putObject("function")
          .put("name", calls.get(i).path("name").asString())
          .put("arguments", calls.get(i).path("arguments").toString());
    }
    return array;
  }

  private JsonNode logprobs(List<TokenScore> scores, boolean isWanted) {
    if (!isWanted) {
      return JSON.nullNode();
    }
    var logprobs = JSON.objectNode();
    var content = logprobs.putArray("content");
    for (var score : scores) {
      var token = content.addObject();
      put(token, score.id(), score.logprob());
      var top = token.putArray("top_logprobs");
      score.top().forEach(other -> put(top.addObject(), other.id(), other.logprob()));
    }
    logprobs.putNull("refusal");
    return logprobs;
  }

  private void put(ObjectNode token, int id, double logprob) {
    var text = tokenizer.decode(new int[] {id}, false);
    token.put("token", text).put("logprob", Math.max(logprob, -9999));
    var bytes = token.putArray("bytes");
    for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
      bytes.add(one & 0xff);
    }
  }

  static ObjectNode usage(List<Answer> answers) {
    var first = answers.getFirst().generation();
    return usage(
        first.promptTokens(),
        first.reusedTokens(),
        answers.stream().mapToInt(answer -> answer.generation().ids().size()).sum());
  }

  static ObjectNode usage(int prompt, int cached, int written) {
    var usage = JSON.objectNode();
    usage.put("prompt_tokens", prompt);
    usage.put("completion_tokens", written);
    usage.put("total_tokens", prompt + written);
    usage.putObject("prompt_tokens_details").put("cached_tokens", cached).put("audio_tokens", 0);
    usage
        .putObject("completion_tokens_details")
        .put("reasoning_tokens", 0)
        .put("audio_tokens", 0)
        .put("accepted_prediction_tokens", 0)
        .put("rejected_prediction_tokens", 0);
    return usage;
  }

  private ObjectNode chunk(int index, ObjectNode delta, Optional<String> finish) {
    var chunk = head("chat.completion.chunk");
    var choice = chunk.putArray("choices").addObject().put("index", index);
    choice.set("delta", delta);
    choice.putNull("logprobs");
    choice.put("finish_reason", finish.orElse(null));
    return chunk;
  }

  ObjectNode roleChunk(int index) {
    var delta = JSON.objectNode().put("role", "assistant").put("content", "");
    return chunk(index, delta.putNull("refusal"), Optional.empty());
  }

  ObjectNode textChunk(int index, String text, List<TokenScore> scores, boolean hasLogprobs) {
    var chunk = chunk(index, JSON.objectNode().put("content", text), Optional.empty());
    var choice = (ObjectNode) chunk.path("choices").get(0);
    choice.set("logprobs", logprobs(scores, hasLogprobs));
    return chunk;
  }

  ObjectNode callsChunk(int index, List<JsonNode> calls) {
    var delta = JSON.objectNode();
    delta.set("tool_calls", calls(calls, true));
    return chunk(index, delta, Optional.empty());
  }

  ObjectNode endChunk(int index, String reason) {
    return chunk(index, JSON.objectNode(), Optional.of(reason));
  }

  /// The last one, with the tokens of all answers and no choice.
  ObjectNode usageChunk(List<Answer> answers) {
    var chunk = head("chat.completion.chunk");
    chunk.putArray("choices");
    chunk.set("usage", usage(answers));
    return chunk;
  }
}
