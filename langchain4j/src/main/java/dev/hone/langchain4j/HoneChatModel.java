package dev.hone.langchain4j;

import dev.hone.langchain4j.LocalModel.Asked;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// A model in this process as LangChain4j's `ChatModel`: what `hone serve` answers to a request, it
/// answers too. Safe for use by several threads.
///
/// A response format is held to while the answer is written, and so is a tool call that is
/// required. Images, audio and other content than text are refused.
public final class HoneChatModel implements ChatModel, AutoCloseable {
  private final LocalModel model;

  private HoneChatModel(LocalModel model) {
    this.model = model;
  }

  public static HoneModelBuilder<HoneChatModel> builder() {
    return new HoneModelBuilder<>(HoneChatModel::new);
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    var answer = doChatAsync(request);
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new LangChain4jException(e.getCause());
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new LangChain4jException("interrupted while the model was answering", e);
    }
  }

  /// Cancelling the future ends the answer within a token.
  @Override
  public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
    Asked asked;
    try {
      asked = model.ask(request, piece -> {});
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
    var response =
        asked
            .ticket()
            .result()
            .handleAsync(
                (answer, failure) ->
                    Responses.of(model.served().name(), asked.answer(), asked.tools()),
                Thread::startVirtualThread);
    response.whenComplete((answer, failure) -> asked.ticket().cancel());
    return response;
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
