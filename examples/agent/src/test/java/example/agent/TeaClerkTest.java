package example.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.langchain4j.HoneChatModel;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecifications;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TeaClerkTest {
  /// The embedded model, as it is: what it says is not tested, but that it can be asked.
  @Test
  void theModelIsAsked() {
    try (var model = HoneChatModel.builder().temperature(0).maxOutputTokens(60).build()) {
      var lines = TeaClerk.lines(TeaClerk.clerk(model), "How many tins of Ember are left?");
      assertEquals("> How many tins of Ember are left?", lines.getFirst());
      assertFalse(lines.getLast().isBlank());
    }
  }

  /// A model that calls a tool, and says what it gave.
  private static ChatModel calling(String name, String arguments) {
    return new ChatModel() {
      @Override
      public ChatResponse doChat(ChatRequest request) {
        var said =
            request.messages().getLast() instanceof ToolExecutionResultMessage result
                ? AiMessage.from("It is " + result.text())
                : AiMessage.from(
                    ToolExecutionRequest.builder().id("1").name(name).arguments(arguments).build());
        return ChatResponse.builder().aiMessage(said).build();
      }
    };
  }

  /// What the model is trained on is what it is offered.
  @Test
  void theToolsOfTheTracesAreThoseOfTheShop() throws IOException {
    var json = JsonMapper.shared();
    var tools = json.readTree(Files.readString(Path.of("tools.json")));
    var offered =
        ToolSpecifications.toolSpecificationsFrom(Shop.class).stream()
            .map(tool -> json.readTree(tool.toJson()))
            .toList();
    assertEquals(Set.copyOf(offered), Set.copyOf(tools.valueStream().toList()));
  }

  @Test
  void callsAreShownWithTheirResults() {
    var clerk = TeaClerk.clerk(calling("price", "{\"tea\":\"Ember\"}"));
    var lines = TeaClerk.lines(clerk, "What does Ember cost?");
    assertEquals("  price {\"tea\":\"Ember\"} = 7", lines.get(1));
    assertEquals("It is 7", lines.getLast());
  }

  @Test
  void anErrorGoesBackToTheModel() {
    var lines = TeaClerk.lines(TeaClerk.clerk(calling("stock", "{\"tea\":\"Coffee\"}")), "Coffee?");
    assertTrue(lines.getLast().contains("there is no tea named Coffee"), lines::toString);
    lines = TeaClerk.lines(TeaClerk.clerk(calling("stock", "{\"tea\":[]}")), "Coffee?");
    assertTrue(lines.getLast().startsWith("It is Error: "), lines::toString);
  }
}
