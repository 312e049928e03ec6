package dev.hone.hosted;

import dev.hone.ladder.rung.ChatModel;
import dev.hone.ladder.rung.Decoding;
import dev.hone.ladder.rung.Form;
import dev.hone.ladder.rung.FormRefusedException;
import dev.hone.ladder.rung.Reply;
import dev.hone.model.text.Conversation;
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
  private final PaidChat chat;
  private final int answerTokens;
  private final int contextTokens;

  HostedModel(HostedName name, PaidChat chat, int answerTokens, int contextTokens) {
    this.name = name;
    this.chat = chat;
    this.answerTokens = answerTokens;
    this.contextTokens = contextTokens;
  }

  /// The same as LangChain4j has it, within the same budget.
  public dev.langchain4j.model.chat.ChatModel chat() {
    return chat;
  }

  @Override
  public Reply reply(Conversation asked, Decoding how) throws IOException {
    long start = System.nanoTime();
    var response = ask(asked, how);
    return new Reply(
        text(response, how),
        response.tokenUsage().inputTokenCount(),
        response.tokenUsage().outputTokenCount(),
        response.finishReason() == FinishReason.LENGTH,
        (System.nanoTime() - start) / 1e6);
  }

  private ChatResponse ask(Conversation asked, Decoding how) throws IOException {
    try {
      return chat.ask(request(asked, how), TextSize.of(asked), how.seed());
    } catch (IOException e) {
      boolean isRefused =
          e.getCause() instanceof CallFailedException failure && failure.isRefused();
      throw isRefused && how.form().isPresent() ? new FormRefusedException(e.getMessage(), e) : e;
    }
  }

  private static ChatRequest request(Conversation asked, Decoding how) {
    var parameters = ChatRequestParameters.builder().temperature(how.temperature());
    how.form().flatMap(Requests::format).ifPresent(parameters::responseFormat);
    var tools = Requests.tools(asked);
    if (!tools.isEmpty()) {
      parameters.toolSpecifications(tools);
      boolean isCall = how.form().filter(Form.Call.class::isInstance).isPresent();
      parameters.toolChoice(isCall ? ToolChoice.REQUIRED : ToolChoice.AUTO);
    }
    return ChatRequest.builder()
        .messages(Requests.messages(asked))
        .parameters(parameters.build())
        .build();
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
