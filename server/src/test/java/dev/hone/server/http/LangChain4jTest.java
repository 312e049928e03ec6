package dev.hone.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.server.state.Scope;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// LangChain4j's module for OpenAI.
class LangChain4jTest {
  @TempDir static Path dir;
  private static TestServer server;
  private static String key;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start(dir);
    key = server.key("acme", Scope.INFERENCE);
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
    assertEquals(List.of(), server.warnings());
  }

  private static OpenAiChatModel.OpenAiChatModelBuilder model() {
    return OpenAiChatModel.builder()
        .baseUrl(server.url())
        .apiKey(key)
        .modelName(TestServer.MODEL)
        .temperature(0.0)
        .maxRetries(0)
        .maxTokens(100);
  }

  private static ChatRequest.Builder request() {
    return ChatRequest.builder().messages(UserMessage.from("Who sat on the mat?"));
  }

  private static JsonObjectSchema loaves() {
    return JsonObjectSchema.builder()
        .addEnumProperty("bread", List.of("rye", "spelt"))
        .required("bread")
        .additionalProperties(false)
        .build();
  }

  private static String bread(String json) {
    return JsonMapper.shared().readTree(json).path("bread").asString();
  }

  private static ChatResponse streamed(ChatRequest request) throws Exception {
    var whole = new CompletableFuture<ChatResponse>();
    OpenAiStreamingChatModel.builder()
        .baseUrl(server.url())
        .apiKey(key)
        .modelName(TestServer.MODEL)
        .temperature(0.0)
        .maxTokens(100)
        .build()
        .chat(
            request,
            new StreamingChatResponseHandler() {
              @Override
              public void onCompleteResponse(ChatResponse response) {
                whole.complete(response);
              }

              @Override
              public void onError(Throwable error) {
                whole.completeExceptionally(error);
              }
            });
    return whole.get(30, TimeUnit.SECONDS);
  }

  @Test
  void answersWholeAndStreamedAreTheSame() throws Exception {
    var whole = model().build().chat(request().build());
    var pieces = streamed(request().build());
    assertFalse(whole.aiMessage().text().isEmpty());
    assertEquals(whole.aiMessage().text(), pieces.aiMessage().text());
    assertEquals(whole.finishReason(), pieces.finishReason());
    assertEquals(whole.tokenUsage().totalTokenCount(), pieces.tokenUsage().totalTokenCount());
  }

  @Test
  void aRequiredToolIsCalled() throws Exception {
    var tool = ToolSpecification.builder().name("order").parameters(loaves()).build();
    var request = request().toolSpecifications(tool).toolChoice(ToolChoice.REQUIRED).build();
    for (var response : List.of(model().build().chat(request), streamed(request))) {
      var call = response.aiMessage().toolExecutionRequests().getFirst();
      assertEquals("order", call.name());
      assertTrue(List.of("rye", "spelt").contains(bread(call.arguments())), call::toString);
    }
  }

  @Test
  void anAnswerIsHeldToASchema() {
    var schema = JsonSchema.builder().name("order").rootElement(loaves()).build();
    var format = ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(schema).build();
    var strict = model().strictJsonSchema(true).build();
    var answer = strict.chat(request().responseFormat(format).build()).aiMessage().text();
    assertTrue(List.of("rye", "spelt").contains(bread(answer)), answer);
  }

  @Test
  void errorsAreThoseOfTheirKind() {
    var stranger = model().apiKey("sk-wrong").build();
    assertThrows(AuthenticationException.class, () -> stranger.chat("x"));
    var none = model().modelName("none").build();
    assertThrows(ModelNotFoundException.class, () -> none.chat("x"));
  }
}
