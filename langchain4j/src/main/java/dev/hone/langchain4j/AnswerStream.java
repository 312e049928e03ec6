package dev.hone.langchain4j;

import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onCompleteResponse;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onCompleteToolCall;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onPartialResponse;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.withLoggingExceptions;

import dev.hone.langchain4j.LocalModel.Asked;
import dev.hone.model.chat.CallReader;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;

/// Tells a handler of an answer while it grows. Once it is cancelled, the handler hears no more.
final class AnswerStream implements StreamingHandle {
  private final String model;
  private final Asked asked;
  private final BlockingQueue<Optional<String>> pieces;
  private final StreamingChatResponseHandler handler;
  private final CallReader reader;
  private final StringBuilder text = new StringBuilder();
  private volatile boolean isCancelled;

  /// @param model its name
  /// @param pieces of the answer's text, and an empty one behind the last
  AnswerStream(
      String model,
      Asked asked,
      BlockingQueue<Optional<String>> pieces,
      StreamingChatResponseHandler handler) {
    this.model = model;
    this.asked = asked;
    this.pieces = pieces;
    this.handler = handler;
    this.reader = new CallReader(asked.tools());
  }

  /// Returns when the answer is complete, or is cancelled.
  void run() {
    try {
      for (var piece = pieces.take(); piece.isPresent(); piece = pieces.take()) {
        tell(reader.add(piece.get()));
      }
      tell(reader.rest());
      end();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a stream's own thread", e);
    }
  }

  private void tell(String piece) {
    text.append(piece);
    if (!isCancelled) {
      onPartialResponse(handler, piece, this);
    }
  }

  private void end() {
    try {
      var generation = asked.answer();
      var calls = Responses.calls(reader);
      var response = Responses.of(model, generation, text.toString(), calls);
      for (int i = 0; i < calls.size() && !isCancelled; i++) {
        onCompleteToolCall(handler, new CompleteToolCall(i, calls.get(i)));
      }
      if (!isCancelled) {
        onCompleteResponse(handler, response);
      }
    } catch (RuntimeException e) {
      if (!isCancelled) {
        withLoggingExceptions(() -> handler.onError(e));
      }
    }
  }

  @Override
  public void cancel() {
    isCancelled = true;
    asked.ticket().cancel();
  }

  @Override
  public boolean isCancelled() {
    return isCancelled;
  }
}
