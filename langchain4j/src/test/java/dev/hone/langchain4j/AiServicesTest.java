package dev.hone.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.TokenStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// LangChain4j's services on the embedded model.
class AiServicesTest {
  private static HoneBase base;

  @BeforeAll
  static void open() {
    base = HoneBase.builder().threads(2).open();
  }

  @AfterAll
  static void close() {
    base.close();
  }

  private static HoneChatModel model() {
    return HoneChatModel.builder().base(base).temperature(0).maxOutputTokens(60).build();
  }

  enum Bread {
    RYE,
    SPELT
  }

  record Order(
      @JsonProperty(required = true) Bread bread, @JsonProperty(required = true) int loaves) {}

  interface Clerk {
    Order order(String text);
  }

  interface Shop {
    Result<String> answer(String question);
  }

  interface Teller {
    TokenStream tell(String question);
  }

  static final class Stock {
    final List<Bread> asked = new ArrayList<>();

    @Tool("How many loaves there are")
    int loaves(@P("kind of bread") Bread bread) {
      asked.add(bread);
      return 12;
    }
  }

  /// The first time a tool must be called, then none can be.
  private static ChatRequest callOnce(ChatRequest request) {
    boolean isCalled = request.messages().getLast() instanceof ToolExecutionResultMessage;
    var choice = isCalled ? ToolChoice.NONE : ToolChoice.REQUIRED;
    return ChatRequest.builder()
        .messages(request.messages())
        .parameters(
            request
                .parameters()
                .overrideWith(ChatRequestParameters.builder().toolChoice(choice).build()))
        .build();
  }

  @Test
  void aToolIsCalledAndItsResultGoesBackToTheModel() {
    var stock = new Stock();
    var shop =
        AiServices.builder(Shop.class)
            .chatModel(model())
            .tools(stock)
            .chatRequestTransformer(AiServicesTest::callOnce)
            .build();
    var result = shop.answer("How much rye bread do you have?");
    assertEquals(1, stock.asked.size());
    var execution = result.toolExecutions().getFirst();
    assertEquals("loaves", execution.request().name());
    assertEquals("12", execution.result());
    assertFalse(result.content().isEmpty());
  }

  @Test
  void anAnswerIsAnObject() {
    var clerk = AiServices.create(Clerk.class, model());
    var order = clerk.order("Two loaves of spelt bread, please.");
    assertTrue(List.of(Bread.values()).contains(order.bread()), order::toString);
  }

  @Test
  void tokensAreStreamed() throws Exception {
    var streaming =
        HoneStreamingChatModel.builder().base(base).temperature(0).maxOutputTokens(60).build();
    var pieces = new CopyOnWriteArrayList<String>();
    var whole = new CompletableFuture<String>();
    AiServices.create(Teller.class, streaming)
        .tell("Who bakes the bread?")
        .onPartialResponse(pieces::add)
        .onCompleteResponse(response -> whole.complete(response.aiMessage().text()))
        .onError(whole::completeExceptionally)
        .start();
    assertEquals(model().chat("Who bakes the bread?"), whole.get(60, TimeUnit.SECONDS));
    assertEquals(whole.join(), String.join("", pieces));
  }
}
