package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageSerializer;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `hone data from-traces`, on what LangChain4j itself writes.
class DataFromTracesTest {
  @TempDir private Path dir;

  private static ToolExecutionRequest call(String arguments) {
    return ToolExecutionRequest.builder().id("c1").name("stock").arguments(arguments).build();
  }

  private static String memory(ToolExecutionRequest call, String question) {
    return ChatMessageSerializer.messagesToJson(
        List.<ChatMessage>of(
            SystemMessage.from("You keep a tea shop."),
            UserMessage.from(question),
            AiMessage.from(List.of(call)),
            ToolExecutionResultMessage.from(call, "12"),
            AiMessage.from("Twelve tins.")));
  }

  private Path tools() throws IOException {
    var stock =
        ToolSpecification.builder()
            .name("stock")
            .description("How many tins there are")
            .parameters(JsonObjectSchema.builder().addStringProperty("tea").required("tea").build())
            .build();
    return Files.writeString(dir.resolve("tools.json"), "[" + stock.toJson() + "]");
  }

  private TestShell run(int code, String... more) throws IOException {
    var memories =
        Files.write(
            dir.resolve("memories.jsonl"),
            List.of(
                memory(call("{\"tea\": \"Ember\"}"), "How much Ember?"),
                memory(call("{\"tea\": 1}"), "How much of the first?"),
                memory(call("{\"tea\": \"Ember\"}"), "How much Ember?")));
    var words = new ArrayList<>(List.of("data", "from-traces", memories.toString()));
    words.addAll(List.of("--out", dir.resolve("rows.jsonl").toString()));
    words.addAll(List.of(more));
    var shell = new TestShell();
    assertEquals(code, shell.hone(words.toArray(String[]::new)), shell.err());
    return shell;
  }

  @Test
  void chatMemoriesBecomeRowsThatCanBeTrained() throws IOException {
    var out = run(0, "--tools", tools().toString()).out();
    for (var line :
        List.of(
            "traces read +3",
            "left out, bad_arguments +1",
            "merged into longer or equal ones +1",
            "rows +1")) {
      assertTrue(out.lines().anyMatch(shown -> shown.matches(line)), out);
    }
    assertTrue(out.contains("memories.jsonl, line 2: stock/tea: "), out);
    assertTrue(out.contains("rows.jsonl: 1 row, with 1 call of 1 tool"), out);
    var row = JsonMapper.shared().readTree(Files.readString(dir.resolve("rows.jsonl")));
    assertEquals("stock", row.at("/tools/0/function/name").asString());
    assertEquals("How much Ember?", row.at("/messages/1/content/0/text").asString());

    var check = new TestShell();
    check.hone("data", "check", dir.resolve("rows.jsonl").toString(), "--base", "hone");
    assertTrue(check.out().contains("usable: 1 row"), check.out() + check.err());
  }

  @Test
  void theSameAsJson() throws IOException {
    var report =
        JsonMapper.shared().readTree(run(0, "--tools", tools().toString(), "--json").out());
    assertEquals(3, report.get("read").asInt());
    assertEquals("bad_arguments", report.at("/left_out/0/reason").asString());
    assertEquals(2, report.at("/left_out/0/line").asInt());
  }

  @Test
  void withoutToolsNothingIsLeft() throws IOException {
    var error = run(2).err();
    assertTrue(error.contains("does not say which there were: name them with --tools"), error);
  }
}
