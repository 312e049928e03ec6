package dev.hone.server.http;

import dev.hone.server.answer.Answering;
import dev.hone.server.model.ModelNames;
import dev.hone.server.openai.Chat;
import dev.hone.server.openai.ChatRequest;
import dev.hone.server.openai.CompletionRequest;
import dev.hone.server.openai.Completions;
import dev.hone.server.openai.Whole;
import dev.hone.server.state.Keys;
import dev.hone.server.state.Scope;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// `POST /v1/chat/completions` and the older `POST /v1/completions`.
final class ChatEndpoint {
  private static final int OK = 200;

  private final Chat chat;
  private final Completions completions;
  private final ModelNames names;
  private final Map<String, Answering> others;
  private final Keys keys;
  private final Meter meter;
  private final long bodyBytes;

  /// @param others what answers beside models of the host, by name
  ChatEndpoint(
      Chat chat,
      Completions completions,
      ModelNames names,
      Map<String, Answering> others,
      Keys keys,
      Meter meter,
      long bodyBytes) {
    this.chat = chat;
    this.completions = completions;
    this.others = Map.copyOf(others);
    this.names = names;
    this.keys = keys;
    this.meter = meter;
    this.bodyBytes = bodyBytes;
  }

  /// `POST /v1/completions`.
  void complete(Caller caller, ServerRequest request, ServerResponse response)
      throws IOException, InterruptedException {
    caller.require(Scope.INFERENCE);
    var asked = CompletionRequest.read(JsonBody.read(request, bodyBytes));
    var model = names.find(caller.tenant(), asked.model());
    if (asked.stream().isEmpty()) {
      Chat.Sink sink = reply -> Api.send(response, OK, reply);
      count(caller, completions.answer(asked, model, caller.client(), sink));
      return;
    }
    var events = new EventStream(response);
    count(caller, completions.answer(asked, model, caller.client(), events::send));
    events.end();
  }

  void handle(Caller caller, ServerRequest request, ServerResponse response)
      throws IOException, InterruptedException {
    caller.require(Scope.INFERENCE);
    var body = JsonBody.read(request, bodyBytes);
    var answering = Optional.ofNullable(others.get(body.path("model").asString("")));
    if (answering.isPresent()) {
      whole(caller, Whole.read(body), answering.get(), response);
      return;
    }
    var asked = ChatRequest.read(body);
    var model = names.find(caller.tenant(), asked.model());
    if (asked.stream().isEmpty()) {
      var reply = chat.answer(asked, model, caller.client());
      count(caller, reply.path("usage"));
      Api.send(response, OK, reply);
      return;
    }
    var events = new EventStream(response);
    var usage = chat.stream(asked, model, caller.client(), events::send);
    count(caller, usage);
    events.end();
  }

  private void whole(Caller caller, Whole asked, Answering answering, ServerResponse response)
      throws IOException, InterruptedException {
    if (!asked.isStreamed()) {
      var usage = asked.answer(answering, caller.tenant(), reply -> Api.send(response, OK, reply));
      count(caller, usage);
      return;
    }
    var events = new EventStream(response);
    count(caller, asked.answer(answering, caller.tenant(), events::send));
    events.end();
  }

  private void count(Caller caller, JsonNode usage) throws IOException {
    long prompt = usage.path("prompt_tokens").asLong();
    long written = usage.path("completion_tokens").asLong();
    meter.used(prompt, written);
    if (caller.key().isPresent()) {
      keys.addUsage(caller.tenant(), caller.key().get().id(), prompt + written);
    }
  }
}
