package dev.hone.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.agent.Run.Ending;
import dev.hone.hosted.Requests;
import dev.hone.model.UsageException;
import dev.hone.model.text.Message;
import dev.hone.tune.data.Source;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.tool.ToolProviderResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentLoopTest {
  private static final String TOOLS =
      "'tools':[{'type':'function','function':{'name':'find','description':'Finds"
          + " tables','parameters':"
          + "{'type':'object','properties':{'city':{'type':'string'},'seats':{'type':'integer'}},'required':['city']}}},"
          + "{'type':'function','function':{'name':'book','parameters':{'type':'object','properties':"
          + "{'at':{'type':'integer'}},'required':['at']}}}]";
  private static final String USER = "{'role':'user','content':'A table in Ulm?'}";
  private static final String FIND = call("c1", "find", "{\\'city\\':\\'Ulm\\',\\'seats\\':2}");
  private static final String FOUND = "{'role':'tool','tool_call_id':'c1','content':'free at 7'}";
  private static final String BOOK = call("c2", "book", "{\\'at\\':7}");
  private static final String BOOKED = "{'role':'tool','tool_call_id':'c2','content':'done'}";
  private static final String ANSWER = "{'role':'assistant','content':'Done, at seven.'}";
  private static final String THANKS = "{'role':'user','content':'Thanks!'}";
  private static final String WELCOME = "{'role':'assistant','content':'You are welcome.'}";

  @TempDir private Path dir;

  private static String call(String id, String name, String arguments) {
    return "{'role':'assistant','tool_calls':[{'id':'%s','type':'function','function':{'name':'%s','arguments':'%s'}}]}"
        .formatted(id, name, arguments);
  }

  private List<Recording> recordings(String... messages) throws IOException {
    var row = "{'messages':[%s],%s}".formatted(String.join(",", messages), TOOLS);
    return read(row);
  }

  private List<Recording> read(String row) throws IOException {
    var file = dir.resolve("rows.jsonl");
    Files.writeString(file, row.replace("\\'", "\\\"").replace('\'', '"') + "\n");
    return Recording.read(new Source(file));
  }

  private Turn booking() throws IOException {
    return recordings(USER, FIND, FOUND, BOOK, BOOKED, ANSWER).getFirst().turns().getFirst();
  }

  private static ScriptedModel saying(String... said) {
    return new ScriptedModel(
        Arrays.stream(said)
            .map(text -> ScriptedModel.said(text.replace('\'', '"')))
            .toArray(AiMessage[]::new));
  }

  @Test
  void aConversationIsCutAtTheUsersMessages() throws IOException {
    var turns = recordings(USER, FIND, FOUND, ANSWER, THANKS, WELCOME).getFirst().turns();
    assertEquals(2, turns.size());
    assertEquals("free at 7", turns.get(0).calls().getFirst().result());
    assertEquals(2, turns.get(0).steps());
    assertEquals(1, turns.get(0).asked().messages().size());
    assertEquals(List.of(), turns.get(1).calls());
    assertEquals(5, turns.get(1).asked().messages().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'messages':[USER,ANSWER]}",
        "{'messages':[USER,FIND,ANSWER],TOOLS}",
        "{'messages':[USER,FIND],TOOLS}",
        "{'messages':[USER,FIND,FOUND],TOOLS}",
        "{'messages':[USER],TOOLS}",
        "{'messages':[USER,USER,ANSWER],TOOLS}",
        "{'messages':[USER,FOUND,ANSWER],TOOLS}",
        "{'messages':[ANSWER],TOOLS}",
        "{'prompt':'a','completion':'b'}",
        ""
      })
  void rowsThatAreNoRecordingAreRefused(String row) {
    var whole =
        row.replace("USER", USER)
            .replace("FIND", FIND)
            .replace("FOUND", FOUND)
            .replace("ANSWER", ANSWER)
            .replace("TOOLS", TOOLS);
    assertThrows(UsageException.class, () -> read(whole));
  }

  @Test
  void recordedCallsGetTheirResultsAndTheModelGoesOn() throws IOException {
    var model = saying("find {'city':'ulm','seats':2}", "book {'at':7}", "At seven.");
    var run = new AgentLoop(model, 8).run(booking());
    assertTrue(run.isRight(), run::toString);
    assertEquals(3, run.steps());
    assertEquals("At seven.", run.answer());
    var results =
        model.requests.getLast().messages().stream()
            .filter(ToolExecutionResultMessage.class::isInstance)
            .map(message -> ((ToolExecutionResultMessage) message).text())
            .toList();
    assertEquals(List.of("free at 7", "done"), results);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "find {'city':'Ulm','seats':2}; find {'city':'Ulm','seats':2} | RIGHT REPEATED",
        "book {'at':7}; book {'at':8}                    | RIGHT WRONG_TOOL",
        "seek {'city':'Ulm'}                             | UNKNOWN_TOOL",
        "find {'city':'Ulm','seats':2,'day':'today'}     | INVENTED_ARGUMENT",
        "find {'city':'Ulm'}                             | WRONG_ARGUMENTS",
        "find {'city':'Bonn','seats':2}                  | WRONG_ARGUMENTS",
        "find {'city':'Ulm','seats':'2'}                 | WRONG_ARGUMENTS",
        "find {'city':                                   | UNREADABLE",
      })
  void eachCallHasItsOutcome(String calls, String outcomes) throws IOException {
    var model = saying(calls, "That is all.");
    var run = new AgentLoop(model, 8).run(booking());
    assertFalse(run.isRight());
    assertEquals(
        List.of(outcomes.split(" ")),
        run.calls().stream().map(call -> call.outcome().name()).toList());
    var told = run.calls().getLast().result();
    boolean isError = run.calls().getLast().isError();
    assertEquals(isError, told.startsWith("Error: "), told);
    assertFalse(isError && told.contains("7"), "values that were recorded are not told");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`{'name':'seek','arguments':{}}`                              | UNKNOWN_TOOL",
        "`<tool_call>{'name':'find','arguments':[]}</tool_call>`       | UNREADABLE",
        "`<tool_call>{'name':'find','argu`                             | UNREADABLE",
        "`{'name': 'find', 'argu`                                      | UNREADABLE",
        "`[{'name':'find',`                                            | UNREADABLE"
      })
  void aTextThatIsMeantAsACallIsNoAnswer(String text, Outcome outcome) throws IOException {
    var run = new AgentLoop(saying(text), 8).run(booking());
    assertEquals(Ending.NO_ANSWER, run.ending());
    assertEquals(List.of(outcome), run.calls().stream().map(MadeCall::outcome).toList());
  }

  @Test
  void aPromptTakesThePlaceOfTheRowsOwn() throws IOException {
    var system = "{'role':'system','content':'Be slow.'}";
    var turn = recordings(system, USER, FIND, FOUND, ANSWER).getFirst().turns().getFirst();
    var asked = turn.withSystem("Be quick.").asked().messages();
    assertEquals(
        List.of("Be quick.", "A table in Ulm?"), asked.stream().map(Message::content).toList());
  }

  @Test
  void stepsAreBounded() throws IOException {
    var run = new AgentLoop(saying("find {'city':'Ulm','seats':2}"), 4).run(booking());
    assertEquals(Ending.OUT_OF_STEPS, run.ending());
    assertEquals(4, run.steps());
    assertEquals(3, run.count(Outcome.REPEATED));
  }

  @Test
  void aModelThatCannotBeAskedFailsThatTurn() throws IOException {
    ChatModel model =
        new ChatModel() {
          @Override
          public ChatResponse doChat(ChatRequest request) {
            throw new InvalidRequestException("too long");
          }
        };
    var run = new AgentLoop(model, 4).run(booking());
    assertEquals(Ending.FAILED, run.ending());
    assertEquals("too long", run.failure());
    assertFalse(run.isRight());
  }

  interface Assistant {
    String answer(String question);
  }

  /// What AiServices asks its model, this loop asks too.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "find {'city':'Ulm','seats':2}|book {'at':7}|Done.",
        "find {'city':'Bonn'}; book {'at':7}|Sorry.",
        "Hello."
      })
  void theLoopIsThatOfAiServices(String script) throws IOException {
    var turn = booking();
    var own = saying(script.split("\\|"));
    new AgentLoop(own, 8).run(turn);
    var services = saying(script.split("\\|"));
    var tools = new RecordedTools(turn);
    var provided = ToolProviderResult.builder();
    for (var tool : Requests.tools(turn.asked())) {
      provided.add(
          tool,
          (request, memory) -> {
            var made = tools.call(request.name(), request.arguments());
            if (made.isError()) {
              throw new IllegalArgumentException(made.result());
            }
            return made.result();
          });
    }
    var result = provided.build();
    AiServices.builder(Assistant.class)
        .chatModel(services)
        .toolProvider(request -> result)
        .build()
        .answer("A table in Ulm?");
    assertEquals(
        own.requests.stream().map(ChatRequest::messages).toList(),
        services.requests.stream().map(ChatRequest::messages).toList());
    assertEquals(
        own.requests.stream().map(ChatRequest::toolSpecifications).toList(),
        services.requests.stream().map(ChatRequest::toolSpecifications).toList());
  }

  @Test
  void scoresAreSummedOverTurns() throws IOException {
    var twice = recordings(USER, FIND, FOUND, ANSWER, THANKS, WELCOME).getFirst().turns();
    var good = new AgentLoop(saying("find {'city':'Ulm','seats':2}", "Free at 7."), 8);
    var idle = new AgentLoop(saying("Hm."), 8);
    var busy = new AgentLoop(saying("book {'at':1}", "Booked."), 8);
    var score =
        new AgentScore(
            List.of(
                List.of(good.run(twice.get(0)), idle.run(twice.get(1))),
                List.of(idle.run(twice.get(0)), busy.run(twice.get(1)))));
    assertEquals(List.of(1.0, 0.0), Arrays.stream(score.rightConversations()).boxed().toList());
    assertEquals(4, score.turns());
    assertEquals(2, score.recordedCalls());
    assertEquals(2, score.madeCalls());
    assertEquals(1, score.calls(Outcome.RIGHT));
    assertEquals(1, score.calls(Outcome.WRONG_TOOL));
    assertEquals(1, score.withoutCall());
    assertEquals(1, score.withNeedlessCall());
    assertEquals(2, score.calledWhenDue());
    assertEquals(6, score.steps());
    assertEquals(6, score.recordedSteps());
    assertEquals(4, score.ended(Ending.ANSWERED));
  }
}
