package dev.hone.model.serve;

import dev.hone.model.generate.SamplingOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// What is asked of an [Engine].
///
/// @param prompt token ids
/// @param adapter the base alone answers where it's empty
/// @param client whose request it is: clients take turns
/// @param timeLimit after which the answer ends as it stands, the time in the queue included
/// @param topLogprobs how many of the likeliest tokens are wanted with each token's score; no
///   scores where it's empty
/// @param listener is told of the answer while it grows
public record Request(
    int[] prompt,
    Optional<AdapterHandle> adapter,
    SamplingOptions options,
    String client,
    Optional<Duration> timeLimit,
    LogitBias logitBias,
    OptionalInt topLogprobs,
    AnswerListener listener) {
  public Request {
    prompt = prompt.clone();
    if (topLogprobs.orElse(0) < 0) {
      throw new IllegalArgumentException("top logprobs must be >= 0, got " + topLogprobs);
    }
  }

  /// A request of a nameless client to the base, without limits of time.
  public static Request of(int[] prompt, SamplingOptions options) {
    return new Request(
        prompt,
        Optional.empty(),
        options,
        "",
        Optional.empty(),
        LogitBias.NONE,
        OptionalInt.empty(),
        piece -> {});
  }

  public Request withAdapter(AdapterHandle value) {
    return new Request(
        prompt, Optional.of(value), options, client, timeLimit, logitBias, topLogprobs, listener);
  }

  public Request withOptions(SamplingOptions value) {
    return new Request(prompt, adapter, value, client, timeLimit, logitBias, topLogprobs, listener);
  }

  public Request withClient(String value) {
    return new Request(
        prompt, adapter, options, value, timeLimit, logitBias, topLogprobs, listener);
  }

  public Request withTimeLimit(Duration value) {
    return new Request(
        prompt, adapter, options, client, Optional.of(value), logitBias, topLogprobs, listener);
  }

  public Request withLogitBias(LogitBias value) {
    return new Request(prompt, adapter, options, client, timeLimit, value, topLogprobs, listener);
  }

  public Request withTopLogprobs(int value) {
    return new Request(
        prompt, adapter, options, client, timeLimit, logitBias, OptionalInt.of(value), listener);
  }

  public Request withListener(AnswerListener value) {
    return new Request(prompt, adapter, options, client, timeLimit, logitBias, topLogprobs, value);
  }
}
