package dev.hone.hosted;

import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.io.IOException;

/// A provider's model as LangChain4j has it, asked within a budget. Tokens are those that the
/// provider counts. It takes the likeliest, unless it is told otherwise.
final class PaidChat implements ChatModel {
  private final HostedName name;
  private final Providers.Opened model;
  private final Budget.Account account;
  private final int answerTokens;

  /// Models that reason refuse to be told how to choose tokens.
  private volatile boolean isFreeToChoose;

  /// @param answerTokens the most tokens of an answer
  PaidChat(HostedName name, Providers.Opened model, Budget.Account account, int answerTokens) {
    this.name = name;
    this.model = model;
    this.account = account;
    this.answerTokens = answerTokens;
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    var likeliest =
        ChatRequestParameters.builder().temperature(0.0).overrideWith(request.parameters()).build();
    try {
      return ask(
          ChatRequest.builder().messages(request.messages()).parameters(likeliest).build(),
          TextSize.of(request),
          0);
    } catch (IOException e) {
      throw new LangChain4jException(e.getMessage(), e);
    }
  }

  /// An answer that says how many tokens it took, paid.
  ///
  /// @param size of the request
  ChatResponse ask(ChatRequest request, TextSize size, long seed) throws IOException {
    double reservation = account.reserve(size.mostTokens(), answerTokens);
    try {
      var response = answer(request, seed);
      var usage = response.tokenUsage();
      account.book(
          size,
          count(usage == null ? null : usage.inputTokenCount()),
          count(usage == null ? null : usage.outputTokenCount()));
      return response;
    } finally {
      account.giveBack(reservation);
    }
  }

  private ChatResponse answer(ChatRequest request, long seed) throws IOException {
    boolean isFree = isFreeToChoose;
    try {
      return model.chat().chat(provider(request, seed, isFree));
    } catch (CallFailedException e) {
      if (isFree || !e.getMessage().contains("temperature")) {
        throw new IOException(e.getMessage(), e);
      }
      isFreeToChoose = true;
      return answer(request, seed);
    } catch (LangChain4jException | IllegalArgumentException | NullPointerException e) {
      throw new IOException("%s: an answer that cannot be read: %s".formatted(name.text(), e), e);
    }
  }

  private ChatRequest provider(ChatRequest request, long seed, boolean isFree) {
    var usual = isFree ? withoutTemperature(request.parameters()) : request.parameters();
    return ChatRequest.builder()
        .messages(request.messages())
        .parameters(model.parameters().with(usual, seed))
        .build();
  }

  private static ChatRequestParameters withoutTemperature(ChatRequestParameters from) {
    return ChatRequestParameters.builder()
        .toolSpecifications(from.toolSpecifications())
        .toolChoice(from.toolChoice())
        .responseFormat(from.responseFormat())
        .build();
  }

  private int count(Integer tokens) throws IOException {
    if (tokens == null || tokens < 0) {
      throw new IOException(
          name.text() + ": the answer does not say how many tokens it took (usage)");
    }
    return tokens;
  }
}
