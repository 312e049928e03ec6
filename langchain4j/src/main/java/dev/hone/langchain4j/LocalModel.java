package dev.hone.langchain4j;

import dev.hone.model.UsageException;
import dev.hone.model.chat.BusyException;
import dev.hone.model.chat.CallText;
import dev.hone.model.chat.RefusedException;
import dev.hone.model.chat.Served;
import dev.hone.model.generate.Generation;
import dev.hone.model.serve.AnswerListener;
import dev.hone.model.serve.Ticket;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/// What a [HoneChatModel] and a [HoneStreamingChatModel] have in common: a base, with an adapter or
/// without, that LangChain4j's requests are put to.
///
/// @param isOwner whether the base is closed with this model
/// @param seed of each answer; empty for a new one each time
record LocalModel(
    HoneBase base,
    boolean isOwner,
    Served served,
    ChatRequestParameters defaults,
    OptionalLong seed,
    List<ChatModelListener> listeners) {

  /// A request on its way.
  ///
  /// @param tools names of those on offer
  record Asked(Ticket ticket, Set<String> tools) {
    /// What it gave, once it is there.
    Generation answer() {
      try {
        return ticket.result().join().generation();
      } catch (CompletionException e) {
        throw switch (e.getCause()) {
          case UsageException wrong -> invalid(wrong);
          case Throwable other -> new LangChain4jException("the engine failed", other);
        };
      }
    }
  }

  ChatRequestParameters defaultRequestParameters() {
    return ChatRequestParameters.builder().modelName(served.name()).build().overrideWith(defaults);
  }

  /// Puts a request.
  ///
  /// @param listener is told of the text while it grows, on the engine's thread
  /// @throws UnsupportedFeatureException what no model here can do
  /// @throws InvalidRequestException what this model cannot be asked
  /// @throws RateLimitException when too many requests are waiting
  Asked ask(ChatRequest request, AnswerListener listener) {
    requireName(request.modelName());
    var host = base.host();
    try {
      var question = Questions.of(request, seed.orElseGet(() -> new SplittableRandom().nextLong()));
      var asked = question.request(host, served).withLogitBias(Questions.bias(request));
      var ticket = host.submit(asked.withListener(listener));
      var tools =
          question.conversation().tools().stream().map(CallText::name).collect(Collectors.toSet());
      return new Asked(ticket, tools);
    } catch (RefusedException e) {
      throw new InvalidRequestException(e.getMessage(), e);
    } catch (UsageException e) {
      throw invalid(e);
    } catch (BusyException e) {
      throw new RateLimitException(e);
    } catch (IOException e) {
      throw new UncheckedIOException("the adapter cannot be read", e);
    }
  }

  private void requireName(String name) {
    if (name != null && !name.equals(served.name())) {
      throw new ModelNotFoundException(
          "this model is '%s', and has no other by the name of '%s'"
              .formatted(served.name(), name));
    }
  }

  private static InvalidRequestException invalid(UsageException e) {
    return new InvalidRequestException("%s (%s)".formatted(e.getMessage(), e.hint()), e);
  }

  void close() {
    if (isOwner) {
      base.close();
    }
  }
}
