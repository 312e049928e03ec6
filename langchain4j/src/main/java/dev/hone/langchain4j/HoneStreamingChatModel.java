package dev.hone.langchain4j;

import dev.hone.langchain4j.LocalModel.Asked;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;

/// A model in this process as LangChain4j's `StreamingChatModel`; otherwise as [HoneChatModel].
///
/// A handler runs on a thread of its request's own, so that it may take its time. Tool calls are
/// told when they are complete: until then, what begins as one may turn out to be text.
public final class HoneStreamingChatModel implements StreamingChatModel, AutoCloseable {
  private final LocalModel model;

  private HoneStreamingChatModel(LocalModel model) {
    this.model = model;
  }

  public static HoneModelBuilder<HoneStreamingChatModel> builder() {
    return new HoneModelBuilder<>(HoneStreamingChatModel::new);
  }

  @Override
  public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
    var pieces = new LinkedBlockingQueue<Optional<String>>();
    Asked asked;
    try {
      asked = model.ask(request, piece -> pieces.add(Optional.of(piece)));
    } catch (RuntimeException e) {
      handler.onError(e);
      return;
    }
    asked.ticket().result().whenComplete((answer, failure) -> pieces.add(Optional.empty()));
    var stream = new AnswerStream(model.served().name(), asked, pieces, handler);
    Thread.ofVirtual().name("hone-stream").start(stream::run);
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return model.defaultRequestParameters();
  }

  @Override
  public List<ChatModelListener> listeners() {
    return model.listeners();
  }

  @Override
  public Set<Capability> supportedCapabilities() {
    return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
  }

  /// Closes the base where it is this model's alone.
  @Override
  public void close() {
    model.close();
  }
}
