package dev.hone.server.http;

import dev.hone.server.answer.Answering;
import dev.hone.server.model.ModelNames;
import dev.hone.server.openai.Chat;
import dev.hone.server.openai.ChatRequest;
import dev.hone.server.openai.CompletionRequest;
import dev.hone.server.openai.Completions;
import dev.hone.server.openai.Spent;
import dev.hone.server.openai.Whole;
import dev.hone.server.state.Scope;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/// `POST /v1/chat/completions` and the older `POST /v1/completions`.
final class ChatEndpoint {
  private static final int OK = 200;

  private final Chat chat;
  private final Completions completions;
  private final ModelNames names;
  private final Map<String, Answering> others;
  private final TokenCount tokens;
  private final long bodyBytes;

  /// @param others what answers beside models of the host, by name
  ChatEndpoint(
      Chat chat,
      Completions completions,
      ModelNames names,
      Map<String, Answering> others,
      TokenCount tokens,
      long bodyBytes) {
    this.chat = chat;
    this.completions = completions;
    this.others = Map.copyOf(others);
    this.names = names;
    this.tokens = tokens;
    this.bodyBytes = bodyBytes;
  }

  /// `POST /v1/completions`.
  void complete(Caller caller, ServerRequest request, ServerResponse response)
      throws IOException, InterruptedException {
    caller.require(Scope.INFERENCE);
    var body = JsonBody.read(request, bodyBytes);
    var asked = CompletionRequest.read(body);
    var model = names.find(caller.tenant(), asked.model());
    send(
        caller,
        logged(request, asked.model(), body),
        response,
        asked.stream().isPresent(),
        (sink, spent) -> completions.answer(asked, model, caller.client(), sink, spent));
  }

  void handle(Caller caller, ServerRequest request, ServerResponse response)
      throws IOException, InterruptedException {
    caller.require(Scope.INFERENCE);
    var body = JsonBody.read(request, bodyBytes);
    var answering = Optional.ofNullable(others.get(body.path("model").asString("")));
    if (answering.isPresent()) {
      var asked = Whole.read(body);
      send(
          caller,
          logged(request, answering.get().name(), body),
          response,
          asked.isStreamed(),
          (sink, spent) -> asked.answer(answering.get(), caller.tenant(), sink, spent));
      return;
    }
    var asked = ChatRequest.read(body);
    var model = names.find(caller.tenant(), asked.model());
    boolean isStreamed = asked.stream().isPresent();
    send(
        caller,
        logged(request, asked.model(), body),
        response,
        isStreamed,
        (sink, spent) -> {
          if (isStreamed) {
            chat.stream(asked, model, caller.client(), sink, spent);
          } else {
            sink.send(chat.answer(asked, model, caller.client(), spent));
          }
        });
  }

  /// Gives an answer to a sink.
  @FunctionalInterface
  private interface Answers {
    void give(Chat.Sink sink, Consumer<Spent> spent) throws IOException, InterruptedException;
  }

  /// Sends an answer whole or streamed, and counts what it took.
  private void send(
      Caller caller, LogEntry entry, ServerResponse response, boolean isStreamed, Answers answers)
      throws IOException, InterruptedException {
    Consumer<Spent> counted =
        spent -> {
          entry.add(spent);
          tokens.add(caller, spent);
        };
    if (isStreamed) {
      EventStream.send(response, sink -> answers.give(entry.watch(sink), counted));
    } else {
      answers.give(entry.watch(reply -> Api.send(response, OK, reply)), counted);
    }
  }

  private static LogEntry logged(ServerRequest request, String model, JsonNode body) {
    var entry = LogEntry.of(request);
    entry.addModel(model);
    entry.addPrompt(body);
    return entry;
  }
}
