package dev.hone.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.hone.langchain4j.HoneBase;
import dev.hone.langchain4j.HoneChatModel;
import dev.hone.server.state.Scope;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.openai.OpenAiChatModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model in LangChain4j's process answers as the server does, to the same requests.
class InProcessTest {
  private static final int TOKENS = 60;

  @TempDir static Path dir;
  private static TestServer server;
  private static OpenAiChatModel remote;
  private static HoneBase base;
  private static HoneChatModel local;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start(dir);
    remote =
        OpenAiChatModel.builder()
            .baseUrl(server.url())
            .apiKey(server.key("acme", Scope.INFERENCE))
            .modelName(TestServer.MODEL)
            .temperature(1.0)
            .seed(5)
            .maxRetries(0)
            .build();
    base = HoneBase.builder().directory(dir.resolve(TestServer.MODEL)).threads(1).open();
    local = HoneChatModel.builder().base(base).temperature(1).seed(5).build();
  }

  @AfterAll
  static void stop() throws IOException {
    base.close();
    server.close();
    assertEquals(List.of(), server.warnings());
  }

  private static ChatRequest.Builder request(ChatMessage... messages) {
    return ChatRequest.builder().messages(messages).maxOutputTokens(TOKENS);
  }

  private static JsonObjectSchema loaves() {
    return JsonObjectSchema.builder()
        .addEnumProperty("bread", List.of("rye", "spelt"))
        .addIntegerProperty("loaves", "how many")
        .required("bread", "loaves")
        .build();
  }

  private static ToolSpecification order() {
    return ToolSpecification.builder()
        .name("order")
        .description("Orders bread")
        .parameters(loaves())
        .build();
  }

  private static ToolSpecification open() {
    return ToolSpecification.builder().name("open").build();
  }

  private static void assertSame(ChatRequest request) {
    var there = remote.chat(request);
    var here = local.chat(request);
    assertEquals(there.aiMessage().text(), here.aiMessage().text());
    assertEquals(calls(there.aiMessage()), calls(here.aiMessage()));
    assertEquals(there.finishReason(), here.finishReason());
    assertEquals(there.tokenUsage().inputTokenCount(), here.tokenUsage().inputTokenCount());
    assertEquals(there.tokenUsage().outputTokenCount(), here.tokenUsage().outputTokenCount());
    assertEquals(there.modelName(), here.modelName());
  }

  private static List<String> calls(AiMessage message) {
    return message.toolExecutionRequests().stream()
        .map(call -> call.name() + call.arguments())
        .toList();
  }

  @Test
  void messages() {
    assertSame(
        request(
                SystemMessage.from("Be brief."),
                UserMessage.from("Who?"),
                AiMessage.from("The baker."),
                UserMessage.from("Why?"))
            .stopSequences(List.of("e", "q"))
            .topP(0.9)
            .frequencyPenalty(1.5)
            .presencePenalty(-0.5)
            .build());
  }

  @Test
  void toolsOnOfferAndTheirResults() {
    var call =
        ToolExecutionRequest.builder()
            .id("call_1")
            .name("order")
            .arguments("{\"bread\": \"rye\", \"loaves\": 2}")
            .build();
    assertSame(
        request(
                UserMessage.from("Two loaves of rye."),
                AiMessage.from(call),
                ToolExecutionResultMessage.from(call, "{\"ok\": true}"))
            .toolSpecifications(order(), open())
            .build());
  }

  @Test
  void aToolThatMustBeCalled() {
    var request =
        request(UserMessage.from("Two loaves of rye."))
            .toolSpecifications(order(), open())
            .toolChoice(ToolChoice.REQUIRED)
            .build();
    assertSame(request);
    assertFalse(local.chat(request).aiMessage().toolExecutionRequests().isEmpty());
  }

  @Test
  void aSchema() {
    var schema = JsonSchema.builder().name("order").rootElement(loaves()).build();
    var format = ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(schema).build();
    assertSame(request(UserMessage.from("Two loaves of rye.")).responseFormat(format).build());
  }
}
