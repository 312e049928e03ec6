package dev.hone.tune.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.tune.data.Line;
import dev.hone.tune.data.RowReader;
import dev.hone.tune.data.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Traces in single quotes, for reading.
class TracesTest {
  private static final String FIND =
      "{'type':'function','function':{'name':'find','parameters':{'type':'object','properties':"
          + "{'city':{'type':'string'},'seats':{'type':'integer'}},'required':['city']}}}";
  private static final String USER = "{'role':'user','content':'A table in Ulm?'}";
  private static final String CALL =
      "{'role':'assistant','content':null,'refusal':null,'tool_calls':[{'id':'c1','type':'function',"
          + "'index':0,'function':{'name':'find','arguments':'{\\'city\\':\\'Ulm\\'}'}}]}";
  private static final String RESULT =
      "{'role':'tool','tool_call_id':'c1','content':'{\\'at\\':7}'}";
  private static final String ANSWER = "{'role':'assistant','content':'At seven.'}";
  private static final String WHOLE = conversation(USER, CALL, RESULT, ANSWER);

  @TempDir private Path dir;

  private static String messages(String... messages) {
    return "[" + String.join(",", messages) + "]";
  }

  private static String conversation(String... messages) {
    return "{'messages':%s,'tools':[%s]}".formatted(messages(messages), FIND);
  }

  private static String logged(String answer, String... asked) {
    return "{'request':{'model':'m','messages':%s,'tools':[%s]},'response':{'choices':[{'index':0,'message':%s,'finish_reason':'stop'}]}}"
        .formatted(messages(asked), FIND, answer);
  }

  /// JSON in double quotes; those that were escaped stay so.
  private static String json(String text) {
    return text.replace("\\'", "\\\"").replace('\'', '"');
  }

  private Path file(String name, String... lines) throws IOException {
    return Files.write(dir.resolve(name), List.of(lines).stream().map(TracesTest::json).toList());
  }

  private TraceReport collect(Optional<String> success, Path... files) throws IOException {
    return Traces.collect(
        new TraceRequest(
            List.of(files),
            dir.resolve("rows.jsonl"),
            Optional.empty(),
            success.map(Success::parse)));
  }

  private TraceReport collect(String... lines) throws IOException {
    return collect(Optional.empty(), file("log.jsonl", lines));
  }

  private List<JsonNode> rows() throws IOException {
    var rows = new ArrayList<JsonNode>();
    try (var reader = RowReader.open(new Source(dir.resolve("rows.jsonl")))) {
      for (var line = reader.next(); line.isPresent(); line = reader.next()) {
        var valid = (Line.Valid) line.get();
        assertEquals(List.of(), valid.warnings());
        rows.add(JsonMapper.shared().readTree(valid.json()));
      }
    }
    return rows;
  }

  /// The row that all forms of the same conversation become.
  private void assertWhole(JsonNode row) {
    assertEquals(
        List.of("user", "assistant", "tool", "assistant"),
        row.get("messages").valueStream().map(m -> m.get("role").asString()).toList());
    var call = row.at("/messages/1/tool_calls/0");
    assertEquals("find", call.at("/function/name").asString());
    assertEquals("{\"city\":\"Ulm\"}", call.at("/function/arguments").asString());
    assertEquals("c1", row.at("/messages/2/tool_call_id").asString());
    assertEquals("find", row.at("/tools/0/function/name").asString());
  }

  @Test
  void aRequestWithItsResponseIsARow() throws IOException {
    var report = collect(logged(ANSWER, USER, CALL, RESULT));
    assertEquals(new TraceReport(1, 0, 0, List.of(), 1, 1, 1), report);
    assertWhole(rows().getFirst());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'id':'x','object':'chat.completion','tools':[T],'messages':[M],'choices':[{'message':A}]}",
        "{'id':'x','object':'chat.completion','tools':[T],'input':{'object':'list','data':[M]},'choices':[{'message':A}]}",
        "{'custom_id':'x','request':{'method':'POST','body':{'messages':[M],'tools':[T]}},'response':{'status_code':200,'body':{'choices':[{'message':A}]}}}",
        "{'messages':[M,A],'tools':[T],'metadata':{'id':'7'}}",
      })
  void everyFormOfOpenAiIsARow(String form) throws IOException {
    var asked = String.join(",", USER, CALL, RESULT);
    collect(
        form.replace("M", asked)
            .replace("[T]", "[" + FIND + "]")
            .replace(":A", ":" + ANSWER)
            .replace(",A]", "," + ANSWER + "]"));
    assertWhole(rows().getFirst());
  }

  private static final String MEMORY =
      "[{'type':'USER','contents':[{'type':'TEXT','text':'A table in Ulm?'}]},"
          + "{'type':'AI','toolExecutionRequests':[{'id':'c1','name':'find','arguments':'{\\'city\\':\\'Ulm\\'}'}],'attributes':{}},"
          + "{'type':'TOOL_EXECUTION_RESULT','id':'c1','toolName':'find','text':'{\\'at\\':7}'},{'type':'AI','text':'At"
          + " seven.'}]";

  @Test
  void aChatMemoryOfLangChain4jIsARowWithItsToolsBeside() throws IOException {
    var specification =
        "[{'name':'find','description':'Finds"
            + " tables','parameters':{'type':'object','properties':{'city':{'type':'string'}},'required':['city']}}]";
    var tools = file("tools.json", specification);
    var out = dir.resolve("rows.jsonl");
    for (var files : List.of(file("memory.json", MEMORY), file("memories.jsonl", MEMORY))) {
      Traces.collect(new TraceRequest(List.of(files), out, Optional.of(tools), Optional.empty()));
      assertWhole(rows().getFirst());
    }
    collect("{'messages':%s,'toolSpecifications':%s}".formatted(MEMORY, specification));
    assertWhole(rows().getFirst());
  }

  @Test
  void aDocumentMayHoldManyTraces() throws IOException {
    var other = WHOLE.replace("At seven", "At 7");
    for (var document : List.of("[%s,%s]", "{'object':'list','data':[%s,%s],'has_more':false}")) {
      var file = file("log.json", document.formatted(WHOLE, other));
      assertEquals(2, collect(Optional.empty(), file).rows());
    }
  }

  @Test
  void stepsOfAConversationAreOneRow() throws IOException {
    var report =
        collect(
            logged(CALL, USER),
            logged(ANSWER, USER, CALL, RESULT),
            logged(ANSWER, USER, CALL, RESULT),
            logged("{'role':'assistant','content':'Yes.'}", USER, CALL, RESULT, ANSWER, USER),
            logged(ANSWER, "{'role':'user','content':'When?'}"));
    assertEquals(new TraceReport(5, 0, 3, List.of(), 2, 1, 1), report);
    assertEquals(6, rows().getFirst().get("messages").size());
  }

  @Test
  void whatWorkedBeforeACallBrokeIsKept() throws IOException {
    var broken = RESULT.replace("{\\'at\\':7}", "Error: no such city");
    var later = conversation(USER, CALL, RESULT, ANSWER, USER, CALL, broken, ANSWER);
    var report = collect(WHOLE, later);
    assertEquals(1, report.rows());
    assertEquals(Fault.TOOL_ERROR, report.leftOut().getFirst().fault());
    assertEquals(2, report.leftOut().getFirst().first().number());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "UNREADABLE      | {'conversations':[]}",
        "UNREADABLE      | {'messages':[{'role':'bot','content':'x'}]}",
        "UNREADABLE      | [{'type':'USER','contents':[{'type':'IMAGE'}]}]",
        "UNREADABLE      | [{'type':'CUSTOM','attributes':{}}]",
        "UNREADABLE      | {'messages':",
        "UNREADABLE      | 7",
        "NO_MESSAGES     |"
            + " {'object':'chat.completion','choices':[{'message':{'role':'assistant','content':'x'}}]}",
        "FAILED          |"
            + " {'request':{'messages':[{'role':'user','content':'x'}]},'response':{'error':{'message':'busy'}}}",
        "CUT             |"
            + " {'messages':[{'role':'user','content':'x'}],'choices':[{'finish_reason':'length','message':{'role':'assistant','content':'x'}}]}",
        "NO_ANSWER       | {'messages':[{'role':'user','content':'x'}]}",
        "NO_ANSWER       |"
            + " {'messages':[{'role':'user','content':'x'},{'role':'assistant','content':' '}]}",
        "TOOL_ERROR      |"
            + " [{'type':'TOOL_EXECUTION_RESULT','id':'c1','toolName':'find','text':'gone','isError':true}]",
      })
  void aBrokenTraceIsLeftOut(Fault fault, String trace) throws IOException {
    var report = collect(trace, WHOLE);
    assertEquals(1, report.rows());
    var left = report.leftOut().getFirst();
    assertEquals(fault, left.fault(), left.message());
    assertEquals(1, left.first().number());
    assertTrue(left.first().text().endsWith("log.jsonl, line 1"), left.first().text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "UNKNOWN_TOOL    | 'name':'find','arg          | 'name':'seek','arg",
        "BAD_ARGUMENTS   | \\'city\\':\\'Ulm\\'        | \\'town\\':\\'Ulm\\'",
        "BAD_ARGUMENTS   | \\'city\\':\\'Ulm\\'        | \\'city\\':\\'Ulm\\',\\'seats\\':\\'2\\'",
        "UNREADABLE      | {\\'city\\':\\'Ulm\\'}      | Ulm",
        "UNREADABLE      | {\\'city\\':\\'Ulm\\'}      | {\\'city\\':",
        "BAD_ARGUMENTS   | 'type':'string'             | 'type':7",
        "BAD_ARGUMENTS   | 'type':'string'             | '$ref':'http://127.0.0.1:1/schema'",
        "STRAY_RESULT    | 'tool_call_id':'c1'         | 'tool_call_id':'c2'",
        "UNANSWERED_CALL | {'role':'tool','tool_call_id':'c1','content':'{\\'at\\':7}'}, | ``",
        "NO_TOOLS        | 'tools':                    | 'other':",
        "TOOL_ERROR      | {\\'at\\':7}                | {\\'error\\':\\'closed\\'}",
        "TOOL_ERROR      | {\\'at\\':7}                | {\\'isError\\':true}",
        "TOOL_ERROR      | {\\'at\\':7}                | Exception in find",
        "TOOL_ERROR      | 'role':'tool'               | 'role':'tool','status':'error'",
      })
  void aTraceWhoseToolCallBrokeIsLeftOut(Fault fault, String part, String instead)
      throws IOException {
    assertTrue(WHOLE.contains(part), part);
    var other = conversation("{'role':'user','content':'Hello'}", ANSWER);
    var report = collect(other, WHOLE.replace(part, instead));
    assertEquals(1, report.rows());
    var left = report.leftOut().getFirst();
    assertEquals(fault, left.fault(), left.message());
    assertEquals(2, left.first().number());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\\'error\\':null}",
        "{\\'error\\':false}",
        "errors: none",
        "{\\'error\\':\\'\\'}"
      })
  void aResultThatSpeaksOfErrorsIsNone(String result) throws IOException {
    assertEquals(1, collect(WHOLE.replace("{\\'at\\':7}", result)).rows());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "done          | 'done':true                         | true",
        "done          | 'done':false                        | false",
        "done          | 'done':0.5                          | true",
        "done          | 'done':-1                           | false",
        "done          | 'done':'no'                         | false",
        "done          | 'done':'yes'                        | true",
        "done          | 'done':null                         | false",
        "done=true     | 'done':true                         | true",
        "done=good     | 'done':'bad'                        | false",
        "done=a=b      | 'done':'a=b'                        | true",
        "done          | 'metadata':{'done':true}            | true",
        "metadata.done | 'metadata':{'done':1}               | true",
        "a.b           | 'a.b':1                             | true",
        "done          | 'request':{'metadata':{'done':'1'}} | true",
        "done          | 'other':true                        | false"
      })
  void aFieldSaysWhichTracesSucceeded(String success, String fields, boolean isTaken) {
    var trace = JsonMapper.shared().readTree(json("{" + fields + "}"));
    var asked = Success.parse(success);
    assertEquals(isTaken, asked.find(trace).filter(asked::holds).isPresent());
  }

  @Test
  void tracesThatDidNotSucceedAreCounted() throws IOException {
    var good = WHOLE.replace("'tools'", "'done':true,'tools'");
    var bad = WHOLE.replace("seven", "eight").replace("'tools'", "'done':false,'tools'");
    var report = collect(Optional.of("done"), file("log.jsonl", bad, good, bad));
    assertEquals(new TraceReport(3, 2, 0, List.of(), 1, 1, 1), report);
  }

  @Test
  void aFieldThatNoTraceHasIsRefused() throws IOException {
    var file = file("log.jsonl", WHOLE);
    var refused = assertThrows(UsageException.class, () -> collect(Optional.of("resolved"), file));
    assertEquals("--success resolved: no trace has that field", refused.getMessage());
  }

  @Test
  void whereNoTraceIsLeftTheFirstReasonIsSaid() {
    var refused = assertThrows(UsageException.class, () -> collect(conversation(USER, CALL)));
    assertTrue(
        refused
            .getMessage()
            .startsWith("no trace is left: 1 of 1: calls a tool that gives no result; first "),
        refused.getMessage());
    assertThrows(UsageException.class, () -> collect());
  }

  @Test
  void badRequestsAreRefused() throws IOException {
    var log = file("log.jsonl", WHOLE);
    var text = file("log.txt", WHOLE);
    assertThrows(UsageException.class, () -> collect(Optional.empty(), text));
    assertThrows(UsageException.class, () -> collect(Optional.empty(), dir.resolve("none.jsonl")));
    assertThrows(UsageException.class, () -> Success.parse("=x"));
    for (var out : List.of(log, dir.resolve("rows.csv"))) {
      assertThrows(
          UsageException.class,
          () -> new TraceRequest(List.of(log), out, Optional.empty(), Optional.empty()));
    }
  }
}
