package dev.hone.server.openai;

import dev.hone.model.chat.ModelHost;
import dev.hone.model.chat.Question;
import dev.hone.model.chat.Served;
import dev.hone.model.generate.FinishReason;
import dev.hone.model.serve.Answer;
import dev.hone.model.serve.AnswerListener;
import dev.hone.model.serve.Request;
import dev.hone.model.serve.Ticket;
import dev.hone.server.api.ApiException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Answers `POST /v1/completions`.
public final class Completions {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ModelHost host;
  private final Tickets tickets;
  private final Duration limit;

  /// @param limit after which an answer ends as it stands
  public Completions(ModelHost host, Duration limit) {
    this.host = host;
    this.tickets = new Tickets(host);
    this.limit = limit;
  }

  /// A part of one of the texts, or its end.
  ///
  /// @param piece empty at the end
  private record Event(int index, Optional<String> piece) {}

  /// Gives one object, or the chunks of a stream.
  ///
  /// @param client whose turn it counts as
  /// @param spent told what it took, however it ends
  public void answer(
      CompletionRequest request, Served model, String client, Chat.Sink sink, Consumer<Spent> spent)
      throws IOException, InterruptedException {
    var events = new LinkedBlockingQueue<Event>();
    var running = begin(request, model, client, events);
    try {
      var id = ChatReply.newId("cmpl-");
      if (request.stream().isPresent()) {
        stream(request, running, events, id, sink);
      } else {
        whole(request, running, id, sink);
      }
    } finally {
      spent.accept(Tickets.end(running, request.choices()));
    }
  }

  private List<Ticket> begin(
      CompletionRequest request, Served model, String client, LinkedBlockingQueue<Event> events)
      throws IOException {
    var running = new ArrayList<Ticket>();
    try {
      for (var prompt : request.prompts()) {
        int[] ids = ids(prompt);
        int room = host.contextLength() - ids.length;
        if (room < 1) {
          throw Chat.refused(Question.tooLong(host.contextLength(), ids.length), "prompt");
        }
        for (int choice = 0; choice < request.choices(); choice++) {
          int index = running.size();
          AnswerListener listener = piece -> events.add(new Event(index, Optional.of(piece)));
          var ticket =
              tickets.submit(
                  new Request(
                      ids,
                      model.adapter(),
                      request.options(room, host.stopIds(model), choice),
                      client + "/" + request.user(),
                      Optional.of(limit),
                      request.bias(),
                      request.topLogprobs() < 0
                          ? OptionalInt.empty()
                          : OptionalInt.of(request.topLogprobs()),
                      listener),
                  "prompt");
          ticket.result().whenComplete((a, e) -> events.add(new Event(index, Optional.empty())));
          running.add(ticket);
        }
      }
    } catch (ApiException e) {
      running.forEach(Ticket::cancel);
      throw e;
    }
    return running;
  }

  private int[] ids(String prompt) {
    int[] text = host.tokenizer().encode(prompt);
    var bos = host.tokenizer().addBos() ? host.tokenizer().bosId() : OptionalInt.empty();
    if (bos.isEmpty() && text.length > 0) {
      return text;
    }
    int first = bos.isPresent() ? bos.getAsInt() : host.tokenizer().eosId().orElseThrow();
    return IntStream.concat(IntStream.of(first), IntStream.of(text)).toArray();
  }

  private void whole(CompletionRequest request, List<Ticket> running, String id, Chat.Sink sink)
      throws IOException, InterruptedException {
    var reply = head(id, request.model());
    var choices = reply.putArray("choices");
    var answers = new ArrayList<Answer>();
    for (int i = 0; i < running.size(); i++) {
      var answer = Tickets.result(running.get(i), "prompt");
      answers.add(answer);
      choices.add(choice(i, echoed(request, i) + answer.generation().text(), answer, request));
    }
    reply.set("usage", usage(request, answers));
    sink.send(reply);
  }

  private static String echoed(CompletionRequest request, int index) {
    return request.isEchoed() ? request.prompts().get(index / request.choices()) : "";
  }

  private ObjectNode choice(int index, String text, Answer answer, CompletionRequest request) {
    var choice = JSON.objectNode().put("index", index).put("text", text);
    choice.set("logprobs", request.topLogprobs() < 0 ? JSON.nullNode() : logprobs(answer));
    return choice.put("finish_reason", finish(answer));
  }

  private static String finish(Answer answer) {
    return answer.generation().finishReason() == FinishReason.LENGTH ? "length" : "stop";
  }

  private JsonNode logprobs(Answer answer) {
    var logprobs = JSON.objectNode();
    var tokens = logprobs.putArray("tokens");
    var values = logprobs.putArray("token_logprobs");
    var tops = logprobs.putArray("top_logprobs");
    var offsets = logprobs.putArray("text_offset");
    int offset = 0;
    for (var score : answer.scores()) {
      var text = text(score.id());
      tokens.add(text);
      values.add(score.logprob());
      var top = tops.addObject();
      score.top().forEach(other -> top.put(text(other.id()), other.logprob()));
      offsets.add(offset);
      offset += text.length();
    }
    return logprobs;
  }

  private String text(int id) {
    return host.tokenizer().decode(new int[] {id}, false);
  }

  private void stream(
      CompletionRequest request,
      List<Ticket> running,
      LinkedBlockingQueue<Event> events,
      String id,
      Chat.Sink sink)
      throws IOException, InterruptedException {
    if (request.isEchoed()) {
      for (int i = 0; i < running.size(); i++) {
        sink.send(chunk(id, request.model(), i, echoed(request, i), null));
      }
    }
    var answers = new Answer[running.size()];
    for (int open = running.size(); open > 0; ) {
      var event = events.take();
      if (event.piece().isPresent()) {
        sink.send(chunk(id, request.model(), event.index(), event.piece().get(), null));
      } else {
        var answer = Tickets.result(running.get(event.index()), "prompt");
        answers[event.index()] = answer;
        sink.send(chunk(id, request.model(), event.index(), "", finish(answer)));
        open--;
      }
    }
    if (request.stream().map(ChatRequest.Streaming::hasUsage).orElse(false)) {
      var last = head(id, request.model());
      last.putArray("choices");
      last.set("usage", usage(request, List.of(answers)));
      sink.send(last);
    }
  }

  private static ObjectNode chunk(
      String id, String model, int index, String text, String finishReason) {
    var chunk = head(id, model);
    chunk
        .putArray("choices")
        .addObject()
        .put("index", index)
        .put("text", text)
        .putNull("logprobs")
        .put("finish_reason", finishReason);
    return chunk;
  }

  private static ObjectNode head(String id, String model) {
    return JSON.objectNode()
        .put("id", id)
        .put("object", "text_completion")
        .put("created", System.currentTimeMillis() / 1000)
        .put("model", model);
  }

  /// A prompt counts once, however often it is answered.
  private static ObjectNode usage(CompletionRequest request, List<Answer> answers) {
    int prompt = 0;
    int cached = 0;
    for (int i = 0; i < answers.size(); i += request.choices()) {
      prompt += answers.get(i).generation().promptTokens();
      cached += answers.get(i).generation().reusedTokens();
    }
    int written = answers.stream().mapToInt(one -> one.generation().ids().size()).sum();
    return ChatReply.usage(prompt, cached, written);
  }
}
