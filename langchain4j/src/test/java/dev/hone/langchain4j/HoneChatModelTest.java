package dev.hone.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// The embedded model, whole and streamed.
class HoneChatModelTest {
  private static final int TOKENS = 40;

  private static HoneBase base;

  @BeforeAll
  static void open() {
    base = HoneBase.builder().threads(2).open();
  }

  @AfterAll
  static void close() {
    base.close();
  }

  private static HoneModelBuilder<HoneChatModel> whole() {
    return HoneChatModel.builder().base(base).temperature(0).maxOutputTokens(TOKENS);
  }

  private static HoneModelBuilder<HoneStreamingChatModel> streaming() {
    return HoneStreamingChatModel.builder().base(base).temperature(0).maxOutputTokens(TOKENS);
  }

  private static ChatRequest.Builder request() {
    return ChatRequest.builder()
        .messages(SystemMessage.from("Be brief."), UserMessage.from("Who bakes the bread?"));
  }

  private static JsonObjectSchema loaves() {
    return JsonObjectSchema.builder()
        .addEnumProperty("bread", List.of("rye", "spelt"))
        .required("bread")
        .build();
  }

  private static ToolSpecification order() {
    return ToolSpecification.builder()
        .name("order")
        .description("Orders bread")
        .parameters(loaves())
        .build();
  }

  private static void assertLoaf(String json) {
    var bread = JsonMapper.shared().readTree(json).path("bread").asString();
    assertTrue(List.of("rye", "spelt").contains(bread), json);
  }

  private static void assertSame(ChatResponse expected, ChatResponse actual) {
    assertEquals(expected.aiMessage().text(), actual.aiMessage().text());
    assertEquals(expected.finishReason(), actual.finishReason());
    assertEquals(expected.tokenUsage(), actual.tokenUsage());
    assertEquals(expected.modelName(), actual.modelName());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1.2})
  void answersWholeAndStreamedAreTheSame(double temperature) throws Exception {
    var whole = whole().temperature(temperature).seed(7).build().chat(request().build());
    var streamed = streaming().temperature(temperature).seed(7).build();
    var collected = Collected.of(streamed, request().build());
    assertSame(whole, collected.response());
    assertFalse(whole.aiMessage().text().isEmpty());
    assertEquals(whole.aiMessage().text(), String.join("", collected.pieces));
    assertTrue(collected.pieces.size() > 1, collected.pieces::toString);
    assertEquals("hone", whole.modelName());
  }

  @Test
  void aSeedMakesAnAnswerComeAgain() {
    var drawn = whole().temperature(1.5);
    var first = drawn.seed(1).build().chat(request().build()).aiMessage().text();
    assertEquals(first, drawn.seed(1).build().chat(request().build()).aiMessage().text());
    assertNotEquals(first, drawn.seed(2).build().chat(request().build()).aiMessage().text());
  }

  @Test
  void aRequestsParametersComeBeforeTheModels() {
    var response = whole().build().chat(request().maxOutputTokens(3).build());
    assertEquals(FinishReason.LENGTH, response.finishReason());
    assertEquals(3, response.tokenUsage().outputTokenCount());
    assertTrue(response.tokenUsage().inputTokenCount() > 10);
    var text = whole().build().chat(request().build()).aiMessage().text();
    var stop = text.substring(4, 7);
    var stopped = whole().build().chat(request().stopSequences(List.of(stop)).build());
    assertEquals(text.substring(0, text.indexOf(stop)), stopped.aiMessage().text());
    assertEquals(FinishReason.STOP, stopped.finishReason());
  }

  @Test
  void theOneLikeliestTokenIsTheGreedyAnswer() {
    var drawn = whole().temperature(1).topK(1).build().chat(request().build());
    assertSame(whole().build().chat(request().build()), drawn);
  }

  @Test
  void aRequiredToolIsCalled() throws Exception {
    var request = request().toolSpecifications(order()).toolChoice(ToolChoice.REQUIRED).build();
    var collected = Collected.of(streaming().build(), request);
    for (var response : List.of(whole().build().chat(request), collected.response())) {
      assertEquals(FinishReason.TOOL_EXECUTION, response.finishReason());
      var call = response.aiMessage().toolExecutionRequests().getFirst();
      assertEquals("order", call.name());
      assertFalse(call.id().isEmpty());
      assertLoaf(call.arguments());
    }
    assertEquals(List.of(), collected.pieces);
    assertEquals(
        collected.response().aiMessage().toolExecutionRequests(),
        collected.calls.stream().map(call -> call.toolExecutionRequest()).toList());
  }

  @Test
  void aToolsResultIsReadAndToolsMayBeWithheld() {
    var call =
        whole()
            .build()
            .chat(request().toolSpecifications(order()).toolChoice(ToolChoice.REQUIRED).build());
    var calling = call.aiMessage();
    var result =
        ToolExecutionResultMessage.from(
            calling.toolExecutionRequests().getFirst(), "{\"ok\": true}");
    var messages = new ArrayList<>(request().build().messages());
    messages.add(calling);
    messages.add(result);
    var with = ChatRequest.builder().messages(messages).toolSpecifications(order());
    var answered = whole().build().chat(with.build());
    var withheld = whole().build().chat(with.toolChoice(ToolChoice.NONE).build());
    assertTrue(answered.tokenUsage().inputTokenCount() > withheld.tokenUsage().inputTokenCount());
  }

  @Test
  void anAnswerIsHeldToASchema() {
    var schema = JsonSchema.builder().name("order").rootElement(loaves()).build();
    var format = ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(schema).build();
    var answer = whole().build().chat(request().responseFormat(format).build());
    assertLoaf(answer.aiMessage().text());
    assertEquals(FinishReason.STOP, answer.finishReason());
    var any = whole().build().chat(request().responseFormat(ResponseFormat.JSON).build());
    assertTrue(JsonMapper.shared().readTree(any.aiMessage().text()).isObject());
  }

  @Test
  void manyAskAtOnceAndEachGetsItsOwnAnswer() {
    var model = whole().build();
    var requests =
        IntStream.range(0, 8)
            .mapToObj(i ->
                ChatRequest.builder().messages(UserMessage.from("What are " + i + "?")).build())
            .toList();
    var together = requests.stream().map(model::chatAsync).toList();
    for (int i = 0; i < requests.size(); i++) {
      assertSame(model.chat(requests.get(i)), together.get(i).join());
    }
  }

  @Test
  void listenersAreTold() throws Exception {
    var told = new CopyOnWriteArrayList<String>();
    var listener =
        new ChatModelListener() {
          @Override
          public void onRequest(ChatModelRequestContext context) {
            told.add("request of " + context.chatRequest().modelName());
          }

          @Override
          public void onResponse(ChatModelResponseContext context) {
            told.add("response of " + context.chatResponse().modelName());
          }

          @Override
          public void onError(ChatModelErrorContext context) {
            told.add("error " + context.error().getClass().getSimpleName());
          }
        };
    whole().listeners(List.of(listener)).build().chat(request().build());
    var streamed = streaming().listeners(List.of(listener)).build();
    Collected.of(streamed, request().build()).response();
    Collected.of(streamed, request().topP(2.0).build()).error();
    assertEquals(
        List.of(
            "request of hone",
            "response of hone",
            "request of hone",
            "response of hone",
            "request of hone",
            "error InvalidRequestException"),
        told);
  }

  @Test
  void aCancelledStreamSaysNoMore() throws Exception {
    var heard = new CopyOnWriteArrayList<String>();
    var first = new CountDownLatch(1);
    var model = streaming().maxOutputTokens(400).seed(3).temperature(1.5).build();
    model.chat(
        request().build(),
        new StreamingChatResponseHandler() {
          @Override
          public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            heard.add(piece.text());
            context.streamingHandle().cancel();
            assertTrue(context.streamingHandle().isCancelled());
            first.countDown();
          }

          @Override
          public void onCompleteResponse(ChatResponse response) {
            heard.add("complete");
          }

          @Override
          public void onError(Throwable error) {
            heard.add("error");
          }
        });
    assertTrue(first.await(60, TimeUnit.SECONDS));
    whole().build().chat(request().build()); // the other one ends meanwhile
    assertEquals(1, heard.size(), heard::toString);
  }

  @Test
  void aCancelledAnswerEndsAndLeavesOthersAlone() {
    var expected = whole().build().chat(request().build());
    var model = whole().build();
    holdUntilWaits(base, Thread.currentThread());
    var cancelled = model.chatAsync(request().maxOutputTokens(400).build());
    var other = model.chatAsync(request().build());
    cancelled.cancel(true);
    assertSame(expected, other.join());
    assertTrue(cancelled.isCancelled());
  }

  @Test
  void anInterruptedCallerIsToldSo() throws Exception {
    var outcome = new CompletableFuture<Throwable>();
    var caller =
        Thread.ofPlatform()
            .start(() -> {
              Thread.currentThread().interrupt();
              outcome.complete(
                  assertThrows(
                      LangChain4jException.class,
                      () -> whole().build().chat(request().maxOutputTokens(400).build())));
            });
    assertTrue(outcome.get(60, TimeUnit.SECONDS).getMessage().contains("interrupted"));
    caller.join();
  }

  /// Nothing is passed over in silence.
  @Test
  void whatCannotBeDoneIsRefused() throws Exception {
    var image = UserMessage.from(ImageContent.from("https://example.com/a.png"));
    refused(UnsupportedFeatureException.class, ChatRequest.builder().messages(image));
    refused(ModelNotFoundException.class, request().modelName("another"));
    refused(InvalidRequestException.class, request().toolChoice(ToolChoice.REQUIRED));
    refused(InvalidRequestException.class, request().temperature(-1.0));
    refused(InvalidRequestException.class, request().maxOutputTokens(0));
    refused(
        InvalidRequestException.class,
        ChatRequest.builder().messages(UserMessage.from("bread and tea ".repeat(300))));
    var broken =
        AiMessage.from(
            dev.langchain4j.agent.tool.ToolExecutionRequest.builder()
                .name("order")
                .arguments("[")
                .build());
    refused(
        InvalidRequestException.class,
        ChatRequest.builder().messages(UserMessage.from("x"), broken, UserMessage.from("y")));
  }

  private static void refused(Class<? extends Exception> kind, ChatRequest.Builder request)
      throws Exception {
    assertThrows(kind, () -> whole().build().chat(request.build()));
    assertInstanceOf(kind, Collected.of(streaming().build(), request.build()).error());
  }

  @Test
  void aClosedBaseAnswersNothing() {
    var own = HoneBase.builder().context(256).threads(1).open();
    holdUntilWaits(own, Thread.currentThread());
    var model = HoneChatModel.builder().base(own).temperature(0).build();
    var answer = model.chatAsync(request().build());
    own.close();
    own.close();
    assertThrows(Exception.class, answer::join);
    assertThrows(IllegalStateException.class, () -> model.chat("hello"));
  }

  /// Asks something whose first piece holds the engine up until a thread waits for something.
  private static void holdUntilWaits(HoneBase base, Thread thread) {
    var model =
        new HoneModelBuilder<>(local -> local)
            .base(base)
            .temperature(0)
            .maxOutputTokens(TOKENS)
            .build();
    model.ask(
        request().build(),
        piece -> {
          while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
          }
        });
  }

  @Test
  void aModelThatOpenedItsBaseClosesIt() {
    var alone = HoneChatModel.builder().context(128).threads(1).temperature(0).build();
    assertFalse(alone.chat("hello").isEmpty());
    alone.close();
    assertThrows(IllegalStateException.class, () -> alone.chat("hello"));
    var sharing = whole().build();
    sharing.close();
    assertFalse(sharing.chat("hello").isEmpty());
  }

  @Test
  void aSharedBaseKeepsItsOwnSettings() {
    assertThrows(IllegalArgumentException.class, () -> whole().context(64).build());
    assertThrows(IllegalArgumentException.class, () -> whole().threads(1).build());
  }
}
