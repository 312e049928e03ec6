package dev.hone.server.openai;

import dev.hone.server.answer.Answering;
import dev.hone.server.answer.Question;
import dev.hone.server.answer.Replied;
import dev.hone.server.api.ApiException;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A chat request to something that answers as a whole. What is set there for a bare model's
/// decoding is refused: the recipe says how it answers.
public final class Whole {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Question question;
  private final Optional<ChatRequest.Streaming> stream;

  private Whole(Question question, Optional<ChatRequest.Streaming> stream) {
    this.question = question;
    this.stream = stream;
  }

  /// @throws ApiException naming what is wrong, unknown or not supported
  public static Whole read(JsonNode body) {
    var fields = Fields.of(body);
    fields.requireText("model");
    var messages = Messages.read(fields);
    var last = messages.getLast();
    if (!last.role().equals("user")) {
      throw ApiException.invalid("messages", "The last message must be the user's question.");
    }
    var system =
        messages.stream()
            .filter(
                message -> message.role().equals("system") || message.role().equals("developer"))
            .map(message -> message.content())
            .findFirst();
    var stream = ChatRequest.streaming(fields);
    fields.text("user");
    fields.onlyIf("n", "1");
    fields.onlyIf("temperature", "0", "0.0");
    fields.onlyIf("stop", "[]");
    fields.onlyIf("store", "false");
    fields.end();
    return new Whole(new Question(last.content(), system), stream);
  }

  public boolean isStreamed() {
    return stream.isPresent();
  }

  /// Asks, and gives what a client expects: one object, or the chunks of a stream.
  ///
  /// @param spent told what it took, even if the reply reaches nobody
  public void answer(Answering answering, String tenant, Chat.Sink sink, Consumer<Spent> spent)
      throws IOException, InterruptedException {
    var replied = answering.reply(question, tenant);
    spent.accept(new Spent(replied.promptTokens(), replied.answerTokens()));
    var usage = ChatReply.usage(replied.promptTokens(), 0, replied.answerTokens());
    var id = ChatReply.newId("chatcmpl-");
    if (stream.isEmpty()) {
      var reply = head(id, "chat.completion", answering.name());
      var choice = reply.putArray("choices").addObject().put("index", 0);
      choice.set("message", message(replied).putNull("refusal"));
      choice.putNull("logprobs").put("finish_reason", "stop");
      reply.set("usage", usage);
      sink.send(reply);
      return;
    }
    sink.send(chunk(id, answering.name(), message(replied), null));
    sink.send(chunk(id, answering.name(), JSON.objectNode(), "stop"));
    if (stream.get().hasUsage()) {
      var last = head(id, "chat.completion.chunk", answering.name());
      last.putArray("choices");
      last.set("usage", usage);
      sink.send(last);
    }
  }

  private static ObjectNode message(Replied replied) {
    var message = JSON.objectNode().put("role", "assistant").put("content", replied.text());
    message.set("annotations", JsonMapper.shared().valueToTree(replied.annotations()));
    return message;
  }

  private static ObjectNode chunk(String id, String model, ObjectNode delta, String finish) {
    var chunk = head(id, "chat.completion.chunk", model);
    var choice = chunk.putArray("choices").addObject().put("index", 0);
    choice.set("delta", delta);
    choice.putNull("logprobs").put("finish_reason", finish);
    return chunk;
  }

  private static ObjectNode head(String id, String kind, String model) {
    return JSON.objectNode()
        .put("id", id)
        .put("object", kind)
        .put("created", System.currentTimeMillis() / 1000)
        .put("model", model);
  }
}
