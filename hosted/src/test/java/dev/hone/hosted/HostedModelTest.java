package dev.hone.hosted;

import static dev.hone.hosted.FakeProvider.anthropic;
import static dev.hone.hosted.FakeProvider.cut;
import static dev.hone.hosted.FakeProvider.openAi;
import static dev.hone.hosted.FakeProvider.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.hosted.Budget.TokenPrice;
import dev.hone.ladder.rung.AtOnce;
import dev.hone.ladder.rung.Decoding;
import dev.hone.ladder.rung.Form;
import dev.hone.ladder.rung.FormRefusedException;
import dev.hone.model.UsageException;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class HostedModelTest {
  private static final String KEY = "sk-planted-4711";

  /// For as long as an answer takes where much else is going on.
  private static final Patience PATIENCE =
      new Patience(Duration.ofSeconds(20), 3, Duration.ofMillis(5), Duration.ofSeconds(2));

  private static final Patience HASTY =
      new Patience(Duration.ofSeconds(1), 3, Duration.ofMillis(5), Duration.ofSeconds(2));
  private static final Conversation ASKED =
      new Conversation(List.of(Message.system("Be brief."), Message.user("Where is it?")));

  @TempDir Path dir;
  private Patience patience = PATIENCE;

  private HostedModel model(FakeProvider provider, Budget budget) throws IOException {
    return open("openai:gpt-test", Map.of("OPENAI_BASE_URL", provider.url() + "/v1"), budget);
  }

  private HostedModel model(FakeProvider provider) throws IOException {
    return model(provider, budget(OptionalDouble.empty()));
  }

  private HostedModel claude(FakeProvider provider) throws IOException {
    var environment = Map.of("ANTHROPIC_BASE_URL", provider.url());
    return open("anthropic:claude-test", environment, budget(OptionalDouble.empty()));
  }

  private HostedModel open(String name, Map<String, String> environment, Budget budget)
      throws IOException {
    var file = Files.writeString(dir.resolve("key.txt"), KEY + "\n");
    var parsed = HostedName.parse(name).orElseThrow();
    return Providers.open(parsed, environment, Optional.of(file), patience, budget, 50);
  }

  private Budget budget(OptionalDouble limit) throws IOException {
    return Budget.open(dir.resolve("spent.json"), limit, Optional.of(new TokenPrice(2, 10)));
  }

  @Test
  void openAisProtocol() throws IOException {
    try (var provider = new FakeProvider(openAi("In the shop."))) {
      var reply = model(provider).reply(ASKED);
      assertEquals("In the shop.", reply.text());
      assertEquals(10, reply.promptTokens());
      assertEquals(3, reply.answerTokens());
      var asked = provider.asked.getFirst();
      assertEquals("/v1/chat/completions", asked.path());
      assertEquals("Bearer " + KEY, asked.authorization());
      assertEquals("gpt-test", asked.body().path("model").asString());
      assertEquals(0, asked.body().path("temperature").asDouble(-1));
      assertEquals(50, asked.body().path("max_completion_tokens").asInt());
      assertEquals(2, asked.body().path("messages").size());
    }
  }

  @Test
  void anthropicsProtocol() throws IOException {
    try (var provider = new FakeProvider(anthropic("In the shop."))) {
      var reply = claude(provider).reply(ASKED);
      assertEquals("In the shop.", reply.text());
      assertEquals(11, reply.promptTokens());
      assertEquals(4, reply.answerTokens());
      var asked = provider.asked.getFirst();
      assertEquals("/v1/messages", asked.path());
      assertEquals(KEY, asked.authorization());
      assertEquals(50, asked.body().path("max_tokens").asInt());
    }
  }

  @Test
  void aServerByItsAddressGetsNoKeyOfOpenAis() throws IOException {
    try (var provider = new FakeProvider(openAi("yes"))) {
      var name = HostedName.parse(provider.url() + "/v1#tiny").orElseThrow();
      var environment = Map.of("OPENAI_API_KEY", KEY);
      var model =
          Providers.open(
              name, environment, Optional.empty(), PATIENCE, budget(OptionalDouble.empty()), 50);
      assertEquals("yes", model.reply(ASKED).text());
      assertFalse(provider.asked.getFirst().authorization().contains(KEY));
      assertEquals(50, provider.asked.getFirst().body().path("max_tokens").asInt());
    }
  }

  @Test
  void whatMayPassIsAskedAgain() throws IOException {
    FakeProvider.Answer slow = exchange -> Thread.sleep(1_300);
    for (var trouble :
        List.of(
            status(429, "{\"error\": {\"message\": \"slow down\"}}", "Retry-After", "0.01"),
            status(500, "oops"),
            status(503, "<html>busy</html>"),
            status(200, "<html>a proxy</html>"),
            status(200, "[1]"),
            cut(),
            slow)) {
      patience = trouble == slow ? HASTY : PATIENCE;
      for (boolean isAnthropic : List.of(false, true)) {
        var good = isAnthropic ? anthropic("at last") : openAi("at last");
        try (var provider = new FakeProvider(trouble, good)) {
          var model = isAnthropic ? claude(provider) : model(provider);
          assertEquals("at last", model.reply(ASKED).text());
          assertEquals(2, provider.asked.size());
        }
      }
    }
  }

  @Test
  void retryAfterIsWaited() throws IOException {
    var busy = status(429, "{}", "Retry-After", "1");
    try (var provider = new FakeProvider(busy, openAi("yes"))) {
      long start = System.nanoTime();
      model(provider).reply(ASKED);
      assertTrue(System.nanoTime() - start >= 1_000_000_000L);
    }
  }

  @Test
  void whatDoesNotPassFailsInOneLine() throws IOException {
    try (var provider = new FakeProvider(status(500, "oops\n\nat line 3"))) {
      var e = assertThrows(IOException.class, () -> model(provider).reply(ASKED));
      assertEquals(
          "openai:gpt-test: status 500: oops at line 3, at each of 3 attempts", e.getMessage());
      assertEquals(3, provider.asked.size());
    }
    try (var provider = new FakeProvider(status(429, "{}", "Retry-After", "3600"))) {
      var e = assertThrows(IOException.class, () -> model(provider).reply(ASKED));
      assertTrue(e.getMessage().endsWith("and asks to wait 3600 s"), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{\"prompt_tokens\": -1, \"completion_tokens\": 2, \"total_tokens\": 1}"})
  void anAnswerThatDoesNotCountItsTokensFails(String usage) throws IOException {
    try (var provider = new FakeProvider(openAi("yes", usage))) {
      var e = assertThrows(IOException.class, () -> model(provider).reply(ASKED));
      assertEquals(
          "openai:gpt-test: the answer does not say how many tokens it took (usage)",
          e.getMessage());
    }
  }

  @Test
  void aWrongKeyOrModelStopsEverything() throws IOException {
    for (int status : List.of(401, 403, 404)) {
      try (var provider = new FakeProvider(status(status, "{\"error\": {\"message\": \"no\"}}"))) {
        assertThrows(StoppedException.class, () -> model(provider).reply(ASKED));
        assertEquals(1, provider.asked.size());
      }
    }
    var empty = "{\"error\": {\"message\": \"no money\", \"code\": \"insufficient_quota\"}}";
    try (var provider = new FakeProvider(status(429, empty))) {
      assertThrows(StoppedException.class, () -> model(provider).reply(ASKED));
    }
  }

  @Test
  void theKeyIsToldToNobody() throws IOException {
    var echo = "{\"error\": {\"message\": \"Incorrect API key provided: %s\"}}".formatted(KEY);
    for (int status : List.of(400, 401, 500)) {
      try (var provider = new FakeProvider(status(status, echo))) {
        var e = assertThrows(Exception.class, () -> model(provider).reply(ASKED));
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
          assertFalse(cause.toString().contains(KEY), cause.toString());
        }
        assertTrue(e.getMessage().contains("[key]"), e.getMessage());
        assertFalse(model(provider).recipe().toString().contains(KEY));
      }
    }
  }

  @Test
  void aModelThatRefusesATemperatureIsAskedWithoutFromThenOn() throws IOException {
    var refusal = "{\"error\": {\"message\": \"Unsupported value: 'temperature'\"}}";
    try (var provider = new FakeProvider(status(400, refusal), openAi("yes"))) {
      var model = model(provider);
      assertEquals("yes", model.reply(ASKED).text());
      assertEquals("yes", model.reply(ASKED).text());
      assertEquals(3, provider.asked.size());
      assertTrue(provider.asked.getFirst().body().has("temperature"));
      assertFalse(provider.asked.get(1).body().has("temperature"));
      assertFalse(provider.asked.get(2).body().has("temperature"));
    }
  }

  @Test
  void aBudgetIsNeverPassedAndGoesOnOverRuns() throws IOException {
    // 10 tokens at 2 and 3 at 10 USD a million cost 0.00005; at most some 110 and 50: 0.00075
    try (var provider = new FakeProvider(openAi("yes"))) {
      var first = budget(OptionalDouble.of(0.0009));
      model(provider, first).reply(ASKED);
      assertEquals(0.00005, first.spentUsd().orElseThrow(), 1e-12);
      var second = budget(OptionalDouble.of(0.0009));
      assertEquals(1, second.calls());
      var model = model(provider, second);
      var e =
          assertThrows(
              StoppedException.class,
              () -> {
                for (int i = 0; i < 10; i++) {
                  model.reply(ASKED);
                }
              });
      assertTrue(e.getMessage().startsWith("the budget of 0.00 USD is used up"), e.getMessage());
      assertTrue(second.spentUsd().orElseThrow() <= 0.0009);
      assertEquals(second.calls(), provider.asked.size());
    }
  }

  /// As a base and its judge have one.
  @Test
  void twoModelsHaveOneLimit() throws IOException {
    try (var provider = new FakeProvider(openAi("yes"))) {
      var first = budget(OptionalDouble.of(0.0009));
      var second =
          first.beside(dir.resolve("judge-spent.json"), Optional.of(new TokenPrice(20, 100)));
      model(provider, first).reply(ASKED);
      assertThrows(StoppedException.class, () -> model(provider, second).reply(ASKED));
      assertEquals(0, second.calls());
      model(provider, first).reply(ASKED);
      var cheap = first.beside(dir.resolve("cheap.json"), Optional.of(new TokenPrice(2, 10)));
      model(provider, cheap).reply(ASKED);
      assertEquals(0.00005, cheap.spentUsd().orElseThrow(), 1e-12);
      var again = budget(OptionalDouble.of(0.0009));
      assertEquals(2, again.calls());
      assertEquals(
          1, again.beside(dir.resolve("cheap.json"), Optional.of(new TokenPrice(2, 10))).calls());
      assertThrows(
          UsageException.class, () -> again.beside(dir.resolve("x.json"), Optional.empty()));
    }
  }

  @Test
  void aBudgetNeedsAPrice() {
    assertThrows(
        UsageException.class,
        () -> Budget.open(dir.resolve("s.json"), OptionalDouble.of(1), Optional.empty()));
  }

  @Test
  void formsAreAskedForAndTakenOff() throws IOException {
    try (var provider = new FakeProvider(openAi("{\"answer\": \"delivery\"}"))) {
      var how = Decoding.GREEDY.in(new Form.OneOf(List.of("delivery", "returns")));
      assertEquals("delivery", model(provider).reply(ASKED, how).text());
      var format = provider.asked.getFirst().body().path("response_format");
      assertEquals("json_schema", format.path("type").asString());
      assertTrue(format.toString().contains("\"enum\":[\"delivery\",\"returns\"]"), "" + format);
    }
    var schema = JsonMapper.shared().readTree("{\"type\": \"object\", \"properties\": {}}");
    try (var provider = new FakeProvider(openAi("{}"))) {
      var how = Decoding.GREEDY.in(new Form.Json(schema));
      assertEquals("{}", model(provider).reply(ASKED, how).text());
    }
  }

  @Test
  void toolsAreOfferedAndCallsRead() throws IOException {
    var call =
        """
        {"id": "c", "model": "m", "choices": [{"index": 0, "finish_reason": "tool_calls", "message":
        {"role": "assistant", "content": null, "tool_calls": [{"id": "1", "type": "function",
        "function": {"name": "track", "arguments": "{\\"order\\": 7}"}}]}}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13}}\
        """;
    Map<String, Object> parameters =
        Map.of("type", "object", "properties", Map.of("order", Map.of("type", "integer")));
    Map<String, Object> tool =
        Map.of(
            "type",
            "function",
            "function",
            Map.of("name", "track", "description", "Where it is.", "parameters", parameters));
    var asked = new Conversation(List.of(Message.user("Where is order 7?")), List.of(tool));
    try (var provider = new FakeProvider(status(200, call))) {
      var reply = model(provider).reply(asked, Decoding.GREEDY.in(new Form.Call()));
      assertEquals(
          "<tool_call>\n{\"name\": \"track\", \"arguments\": {\"order\": 7}}\n</tool_call>",
          reply.text());
      var body = provider.asked.getFirst().body();
      assertEquals("track", body.at("/tools/0/function/name").asString());
      assertEquals("required", body.path("tool_choice").asString());
    }
  }

  @Test
  void aFormThatIsRefusedIsSaidToBe() throws IOException {
    var refusal = status(400, "{\"error\": {\"message\": \"response_format is not supported\"}}");
    try (var provider = new FakeProvider(refusal, refusal, status(500, "oops"))) {
      var model = model(provider);
      var held = Decoding.GREEDY.in(new Form.OneOf(List.of("yes", "no")));
      assertThrows(FormRefusedException.class, () -> model.reply(ASKED, held));
      var plain = assertThrows(IOException.class, () -> model.reply(ASKED));
      assertFalse(plain instanceof FormRefusedException);
      var busy = assertThrows(IOException.class, () -> model.reply(ASKED, held));
      assertFalse(busy instanceof FormRefusedException);
    }
  }

  /// Each question may cost 0.000744 USD and costs 0.00005: one at a time 23 of 40 can be asked.
  @Test
  void questionsAtOnceDoNotPassTheBudgetNorEndItEarly() throws IOException {
    FakeProvider.Answer answer =
        exchange -> {
          Thread.sleep(5);
          openAi("yes").give(exchange);
        };
    for (int width : List.of(1, 4)) {
      try (var provider = new FakeProvider(answer)) {
        var file = dir.resolve("spent-%d.json".formatted(width));
        var price = Optional.of(new TokenPrice(2, 10));
        var budget = Budget.open(file, OptionalDouble.of(0.0017), price);
        var model = model(provider, budget);
        var stop =
            assertThrows(
                StoppedException.class,
                () -> AtOnce.ask(width, 0, 40, at -> model.reply(ASKED), (at, reply) -> {}));
        assertTrue(stop.getMessage().contains("is used up"), stop.getMessage());
        assertTrue(budget.spentUsd().orElseThrow() <= 0.0017);
        assertEquals(budget.calls(), provider.asked.size());
        assertTrue(budget.calls() >= 19, width + ": " + budget.calls());
      }
    }
  }

  @Test
  void whoIsAskedTooMuchIsLeftAloneByAll() throws IOException {
    var times = Collections.synchronizedList(new ArrayList<Long>());
    FakeProvider.Answer busy =
        exchange -> {
          times.add(System.nanoTime());
          status(429, "{\"error\": {\"message\": \"slow down\"}}", "Retry-After", "1")
              .give(exchange);
        };
    FakeProvider.Answer fine =
        exchange -> {
          times.add(System.nanoTime());
          Thread.sleep(20);
          openAi("yes").give(exchange);
        };
    try (var provider = new FakeProvider(busy, fine)) {
      var model = model(provider);
      AtOnce.ask(2, 0, 8, at -> model.reply(ASKED), (at, reply) -> {});
    }
    long refused = times.getFirst();
    // Those that were under way when the refusal came; all, if only who was refused would wait.
    long early = times.stream().skip(1).filter(at -> at - refused < 800_000_000L).count();
    assertTrue(early <= 3, early + " asked in the pause");
    assertEquals(9, times.size());
  }

  /// Whoever was asked then, at the prices of then.
  @Test
  void whatEarlierModelsHaveCostCounts() throws IOException {
    var file = dir.resolve("spent.json");
    try (var provider = new FakeProvider(openAi("yes"))) {
      model(provider).reply(ASKED);
    }
    var past = Budget.past(file, OptionalDouble.of(1));
    assertEquals(10 * 2e-6 + 3 * 10e-6, past.spentUsd().orElseThrow(), 1e-12);
    var dear = Budget.open(file, OptionalDouble.empty(), Optional.of(new TokenPrice(200, 1000)));
    assertEquals(past.spentUsd(), dear.spentUsd());
    var other = Optional.of(new TokenPrice(1, 1));
    var beside = Budget.open(dir.resolve("other.json"), OptionalDouble.of(0.0001), other);
    beside.past(file);
    try (var provider = new FakeProvider(openAi("yes"))) {
      var model = model(provider, beside);
      assertThrows(StoppedException.class, () -> model.reply(ASKED));
      assertEquals(List.of(), provider.asked);
    }
  }
}
