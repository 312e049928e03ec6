package dev.hone.server.openai;

import dev.hone.model.chat.BusyException;
import dev.hone.model.chat.CallReader;
import dev.hone.model.chat.CallText;
import dev.hone.model.chat.ModelHost;
import dev.hone.model.chat.RefusedException;
import dev.hone.model.chat.Served;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.serve.Answer;
import dev.hone.model.serve.AnswerListener;
import dev.hone.model.serve.Request;
import dev.hone.model.serve.Ticket;
import dev.hone.model.serve.TokenScore;
import dev.hone.server.api.ApiException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Answers chat requests with the models of a host.
public final class Chat {
  private final ModelHost host;
  private final Tickets tickets;
  private final Duration limit;
  private final String fingerprint;

  /// @param limit after which an answer ends as it stands
  public Chat(ModelHost host, Duration limit) throws CheckpointException {
    this.host = host;
    this.tickets = new Tickets(host);
    this.limit = limit;
    var digest = host.fingerprint();
    this.fingerprint = "fp_" + digest.substring(digest.indexOf(':') + 1).substring(0, 12);
  }

  /// Takes the chunks of a streamed answer.
  @FunctionalInterface
  public interface Sink {
    /// @throws IOException where nobody listens any more
    void send(ObjectNode chunk) throws IOException;
  }

  /// What the engine has said of one of the answers.
  private sealed interface Event {
    int choice();

    record Text(int choice, String piece, List<TokenScore> scores) implements Event {}

    record End(int choice) implements Event {}
  }

  /// A request on its way.
  private record Running(ChatRequest request, ChatReply reply, List<Ticket> tickets) {
    Spent end() {
      return Tickets.end(tickets, request.choices());
    }

    Set<String> toolNames() {
      return request.conversation().tools().stream()
          .map(CallText::name)
          .collect(Collectors.toSet());
    }

    boolean hasLogprobs() {
      return request.topLogprobs() >= 0;
    }
  }

  /// Answers as a whole.
  ///
  /// @param client whose turn it counts as
  /// @param spent told what it took, however it ends
  public ObjectNode answer(ChatRequest request, Served model, String client, Consumer<Spent> spent)
      throws IOException, InterruptedException {
    var running = begin(request, model, client, choice -> piece -> {});
    var choices = new ArrayList<ChatReply.Choice>();
    try {
      for (var ticket : running.tickets()) {
        var answer = Tickets.result(ticket, "messages");
        var reader = new CallReader(running.toolNames());
        var text = reader.add(answer.generation().text());
        choices.add(new ChatReply.Choice(answer, text + reader.rest(), reader.calls()));
      }
    } finally {
      spent.accept(running.end());
    }
    return running.reply().whole(choices, running.hasLogprobs());
  }

  /// Answers in chunks.
  ///
  /// @param client whose turn it counts as
  /// @param spent told what it took, however it ends
  public void stream(
      ChatRequest request, Served model, String client, Sink sink, Consumer<Spent> spent)
      throws IOException, InterruptedException {
    var events = new LinkedBlockingQueue<Event>();
    var running = begin(request, model, client, choice -> listener(choice, events));
    for (int i = 0; i < running.tickets().size(); i++) {
      int choice = i;
      running.tickets().get(i).result().whenComplete((a, e) -> events.add(new Event.End(choice)));
    }
    try {
      send(running, events, sink);
    } finally {
      spent.accept(running.end());
    }
  }

  private static AnswerListener listener(int choice, BlockingQueue<Event> events) {
    return new AnswerListener() {
      private final List<TokenScore> scores = new ArrayList<>();

      @Override
      public void token(TokenScore score) {
        scores.add(score);
      }

      @Override
      public void text(String piece) {
        events.add(new Event.Text(choice, piece, List.copyOf(scores)));
        scores.clear();
      }
    };
  }

  private static void send(Running running, BlockingQueue<Event> events, Sink sink)
      throws IOException, InterruptedException {
    var reply = running.reply();
    var readers = new ArrayList<CallReader>();
    var begun = new HashSet<Integer>();
    for (int i = 0; i < running.tickets().size(); i++) {
      readers.add(new CallReader(running.toolNames()));
    }
    int open = running.tickets().size();
    while (open > 0) {
      var event = events.take();
      if (event instanceof Event.End(var choice)) {
        Tickets.result(
            running.tickets().get(choice),
            "messages"); // what cannot be answered is refused before it begins
      }
      if (begun.add(event.choice())) {
        sink.send(reply.roleChunk(event.choice()));
      }
      switch (event) {
        case Event.Text(var choice, var piece, var scores) -> {
          var text = readers.get(choice).add(piece);
          if (!text.isEmpty()) {
            sink.send(reply.textChunk(choice, text, scores, running.hasLogprobs()));
          }
        }
        case Event.End(var choice) -> {
          end(running, choice, readers.get(choice), sink);
          open--;
        }
      }
    }
    if (running.request().stream().map(ChatRequest.Streaming::hasUsage).orElse(false)) {
      var answers = new ArrayList<Answer>();
      for (var ticket : running.tickets()) {
        answers.add(Tickets.result(ticket, "messages"));
      }
      sink.send(reply.usageChunk(answers));
    }
  }

  private static void end(Running running, int choice, CallReader reader, Sink sink)
      throws IOException, InterruptedException {
    var answer = Tickets.result(running.tickets().get(choice), "messages");
    var rest = reader.rest();
    if (!rest.isEmpty()) {
      sink.send(running.reply().textChunk(choice, rest, List.of(), running.hasLogprobs()));
    }
    var calls = reader.calls();
    if (!calls.isEmpty()) {
      sink.send(running.reply().callsChunk(choice, calls));
    }
    var finish = new ChatReply.Choice(answer, rest, calls).finishReason();
    sink.send(running.reply().endChunk(choice, finish));
  }

  /// Makes the listener of one of the answers.
  @FunctionalInterface
  private interface Listening {
    AnswerListener of(int choice);
  }

  private Running begin(ChatRequest request, Served model, String client, Listening listening)
      throws IOException {
    var asked = asked(request, model, client);
    var running = new ArrayList<Ticket>();
    try {
      for (int choice = 0; choice < request.choices(); choice++) {
        var options = asked.options().withSeed(request.seed() + choice);
        var one = asked.withOptions(options).withListener(listening.of(choice));
        running.add(tickets.submit(one, "messages"));
      }
    } catch (ApiException | BusyException e) {
      running.forEach(Ticket::cancel);
      throw e;
    }
    return new Running(request, ChatReply.of(model.name(), fingerprint, host.tokenizer()), running);
  }

  private Request asked(ChatRequest request, Served model, String client) {
    try {
      var asked =
          request
              .question()
              .request(host, model)
              .withClient(client + "/" + request.user())
              .withTimeLimit(limit)
              .withLogitBias(request.bias());
      return request.topLogprobs() < 0 ? asked : asked.withTopLogprobs(request.topLogprobs());
    } catch (RefusedException e) {
      throw refused(e, "messages");
    }
  }

  /// @param messages the field that is rendered
  static ApiException refused(RefusedException e, String messages) {
    return switch (e.part()) {
      case MESSAGES -> ApiException.invalid(messages, e.getMessage());
      case LENGTH -> ApiException.invalid(messages, "context_length_exceeded", e.getMessage());
      case TOOLS -> ApiException.invalid("tools", e.getMessage());
      case TOOL_CHOICE ->
          ApiException.invalid("tool_choice", "unsupported_parameter", e.getMessage());
    };
  }
}
