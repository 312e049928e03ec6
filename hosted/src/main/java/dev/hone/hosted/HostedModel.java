package dev.hone.hosted;

import dev.hone.ladder.rung.ChatModel;
import dev.hone.ladder.rung.Decoding;
import dev.hone.ladder.rung.Form;
import dev.hone.ladder.rung.FormRefusedException;
import dev.hone.ladder.rung.Reply;
import dev.hone.model.text.Conversation;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A model that somebody else hosts. Tokens are those that the provider counts.
public final class HostedModel implements ChatModel {
  private final HostedName name;
  private final Providers.Opened model;
  private final Budget.Account account;
  private final int answerTokens;
  private final int contextTokens;

  /// Models that reason refuse to be told how to choose tokens.
  private volatile boolean isFreeToChoose;

  HostedModel(
      HostedName name,
      Providers.Opened model,
      Budget.Account account,
      int answerTokens,
      int contextTokens) {
    this.name = name;
    this.model = model;
    this.account = account;
    this.answerTokens = answerTokens;
    this.contextTokens = contextTokens;
  }

  @Override
  public Reply reply(Conversation asked, Decoding how) throws IOException {
    long start = System.nanoTime();
    double reservation = account.reserve(TextSize.mostTokens(asked), answerTokens);
    try {
      var response = ask(asked, how);
      var usage = response.tokenUsage();
      int prompt = count(usage == null ? null : usage.inputTokenCount());
      int written = count(usage == null ? null : usage.outputTokenCount());
      account.book(asked, prompt, written);
      return new Reply(
          text(response, how),
          prompt,
          written,
          response.finishReason() == FinishReason.LENGTH,
          (System.nanoTime() - start) / 1e6);
    } finally {
      account.giveBack(reservation);
    }
  }

  private ChatResponse ask(Conversation asked, Decoding how) throws IOException {
    boolean isFree = isFreeToChoose;
    try {
      return model.chat().chat(request(asked, how, isFree));
    } catch (CallFailedException e) {
      if (isFree || !e.getMessage().contains("temperature")) {
        throw e.isRefused() && how.form().isPresent()
            ? new FormRefusedException(e.getMessage(), e)
            : new IOException(e.getMessage(), e);
      }
      isFreeToChoose = true;
      return ask(asked, how);
    } catch (LangChain4jException | IllegalArgumentException | NullPointerException e) {
      throw new IOException("%s: an answer that cannot be read: %s".formatted(name.text(), e), e);
    }
  }

  private ChatRequest request(Conversation asked, Decoding how, boolean isFree) {
    var parameters = ChatRequestParameters.builder();
    if (!isFree) {
      parameters.temperature(how.temperature());
    }
    how.form().flatMap(Requests::format).ifPresent(parameters::responseFormat);
    var tools = Requests.tools(asked);
    if (!tools.isEmpty()) {
      parameters.toolSpecifications(tools);
      boolean isCall = how.form().filter(Form.Call.class::isInstance).isPresent();
      parameters.toolChoice(isCall ? ToolChoice.REQUIRED : ToolChoice.AUTO);
    }
    return ChatRequest.builder()
        .messages(Requests.messages(asked))
        .parameters(model.parameters().with(parameters.build(), how.seed()))
        .build();
  }

  private int count(Integer tokens) throws IOException {
    if (tokens == null || tokens < 0) {
      throw new IOException(
          name.text() + ": the answer does not say how many tokens it took (usage)");
    }
    return tokens;
  }

  private String text(ChatResponse response, Decoding how) throws IOException {
    var text = Requests.text(response.aiMessage());
    if (how.form().filter(Form.OneOf.class::isInstance).isEmpty()) {
      return text;
    }
    try {
      return JsonMapper.shared().readTree(text).path(Requests.CHOICE).asString("").strip();
    } catch (JacksonException e) {
      throw new IOException(name.text() + ": was held to JSON, and its answer is none", e);
    }
  }

  @Override
  public boolean fits(Conversation asked) {
    return TextSize.bytes(asked) / TextSize.BYTES_PER_TOKEN + answerTokens <= contextTokens;
  }

  @Override
  public int contextTokens() {
    return contextTokens;
  }

  @Override
  public Set<String> controlTokens() {
    return Set.of();
  }

  @Override
  public Map<String, Object> recipe() {
    var recipe = new LinkedHashMap<String, Object>();
    recipe.put("base", name.text());
    recipe.put("max_tokens", answerTokens);
    return recipe;
  }
}
