package dev.hone.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What a stream says.
final class Collected implements StreamingChatResponseHandler {
  final List<String> pieces = new CopyOnWriteArrayList<>();
  final List<CompleteToolCall> calls = new CopyOnWriteArrayList<>();
  private final CompletableFuture<ChatResponse> whole = new CompletableFuture<>();

  static Collected of(StreamingChatModel model, ChatRequest request) {
    var collected = new Collected();
    model.chat(request, collected);
    return collected;
  }

  @Override
  public void onPartialResponse(String piece) {
    pieces.add(piece);
  }

  @Override
  public void onCompleteToolCall(CompleteToolCall call) {
    calls.add(call);
  }

  @Override
  public void onCompleteResponse(ChatResponse response) {
    whole.complete(response);
  }

  @Override
  public void onError(Throwable error) {
    whole.completeExceptionally(error);
  }

  ChatResponse response() throws Exception {
    return whole.get(60, TimeUnit.SECONDS);
  }

  Throwable error() throws InterruptedException, TimeoutException {
    try {
      var response = whole.get(60, TimeUnit.SECONDS);
      throw new AssertionError("answered: " + response);
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }
}
