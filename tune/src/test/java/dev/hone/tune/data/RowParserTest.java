package dev.hone.tune.data;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowParserTest {
  /// code ; field ; part of the message ; row. A row is one line of JSON; `'` stands for `"`.
  @ParameterizedTest(name = "{0} {1}: {3}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          invalid_json       ; `` ; expected close marker        ; {'prompt':'a'
          invalid_json       ; `` ; Unexpected end               ; {
          invalid_json       ; `` ; something follows            ; {'text':'a'} {'text':'b'}
          invalid_json       ; `` ; Unrecognized token           ; {'text':'a'} and more
          invalid_json       ; `` ; Duplicate                    ; {'prompt':'a','prompt':'b','completion':'c'}
          invalid_json       ; `` ; column 14                    ; {'messages':[,]}
          invalid_json       ; `` ; property name                ; {text:'a'}
          invalid_json       ; `` ; NaN                          ; {'text':NaN}
          invalid_json       ; `` ; escape                       ; {'text':'\\q'}
          invalid_json       ; `` ; double-quote to start        ; {'text':'a',}
          invalid_json       ; `` ; Unrecognized token 'hello'   ; hello
          unknown_shape      ; `` ; found a list                 ; [1,2]
          unknown_shape      ; `` ; found the string             ; 'text'
          unknown_shape      ; `` ; found null                   ; null
          unknown_shape      ; `` ; an empty object              ; {}
          unknown_shape      ; `` ; found only foo               ; {'foo':1}
          unknown_shape      ; `` ; ShareGPT                     ; {'conversations':[]}
          unknown_shape      ; `` ; Alpaca                       ; {'instruction':'a','output':'b'}
          unknown_shape      ; `` ; preference pair              ; {'chosen':'a','rejected':'b'}
          unknown_shape      ; `` ; rename question              ; {'question':'a','answer':'b'}
          missing_field      ; completion ; missing              ; {'prompt':'a'}
          missing_field      ; prompt ; missing                  ; {'completion':'a'}
          wrong_value        ; prompt ; found the number 1       ; {'prompt':1,'completion':'b'}
          wrong_value        ; completion ; found null           ; {'prompt':'a','completion':null}
          wrong_value        ; completion ; both be strings      ; {'prompt':'a','completion':[]}
          wrong_value        ; text ; found an object            ; {'text':{}}
          wrong_value        ; messages ; found the string       ; {'messages':'hi'}
          wrong_value        ; messages ; found null             ; {'messages':null}
          wrong_value        ; messages ; is empty               ; {'messages':[]}
          wrong_value        ; messages[0] ; found the string    ; {'messages':['hi']}
          missing_field      ; messages[0].role ; missing        ; {'messages':[{'content':'a'}]}
          wrong_value        ; messages[0].role ; found the number ; {'messages':[{'role':7,'content':'a'}]}
          unknown_role       ; messages[0].role ; unknown role "bot" ; {'messages':[{'role':'bot','content':'a'}]}
          unknown_role       ; messages[0].role ; unknown role "User" ; {'messages':[{'role':'User','content':'a'}]}
          unknown_role       ; messages[0].role ; old function calls ; {'messages':[{'role':'function','content':'a'}]}
          unknown_role       ; messages[0].role ; tool_calls     ; {'messages':[{'role':'assistant','content':'','function_call':{'name':'f'}}]}
          wrong_value        ; functions ; use tools             ; {'functions':[{'name':'f'}],'messages':[{'role':'user','content':'a'}]}
          missing_field      ; messages[0].content ; missing     ; {'messages':[{'role':'user'}]}
          wrong_value        ; messages[0].content ; beside tool_calls ; {'messages':[{'role':'assistant','content':null}]}
          wrong_value        ; messages[0].content ; boolean true ; {'messages':[{'role':'user','content':true}]}
          wrong_value        ; messages[0].content[0].type ; image_url ; {'messages':[{'role':'user','content':[{'type':'image_url'}]}]}
          missing_field      ; messages[0].content[0].text ; missing ; {'messages':[{'role':'user','content':[{'type':'text'}]}]}
          wrong_value        ; messages[0].content[0] ; content part ; {'messages':[{'role':'user','content':['a']}]}
          wrong_value        ; messages[0].weight ; 0 or 1       ; {'messages':[{'role':'assistant','content':'a','weight':0.5}]}
          wrong_value        ; messages[0].weight ; 0 or 1       ; {'messages':[{'role':'assistant','content':'a','weight':'1'}]}
          wrong_value        ; messages[0].weight ; only assistant ; {'messages':[{'role':'user','content':'a','weight':1}]}
          wrong_value        ; messages[0].name ; string         ; {'messages':[{'role':'user','content':'a','name':1}]}
          wrong_value        ; messages[0].tool_calls ; expected a list ; {'messages':[{'role':'assistant','tool_calls':{}}]}
          wrong_value        ; messages[0].tool_calls ; only the assistant ; {'messages':[{'role':'user','content':'a','tool_calls':[{'name':'f','arguments':{}}]}]}
          missing_field      ; messages[0].tool_calls[0].name ; missing ; {'messages':[{'role':'assistant','tool_calls':[{'function':{'arguments':'{}'}}]}]}
          missing_field      ; messages[0].tool_calls[0].arguments ; missing ; {'messages':[{'role':'assistant','tool_calls':[{'function':{'name':'f'}}]}]}
          bad_tool_arguments ; messages[0].tool_calls[0].arguments ; does not hold JSON ; {'messages':[{'role':'assistant','tool_calls':[{'function':{'name':'f','arguments':'{a'}}]}]}
          bad_tool_arguments ; messages[0].tool_calls[0].arguments ; found a list ; {'messages':[{'role':'assistant','tool_calls':[{'function':{'name':'f','arguments':'[1]'}}]}]}
          bad_tool_arguments ; messages[0].tool_calls[0].arguments ; the number 3 ; {'messages':[{'role':'assistant','tool_calls':[{'function':{'name':'f','arguments':3}}]}]}
          wrong_value        ; tools ; expected a list           ; {'tools':{},'messages':[{'role':'user','content':'a'}]}
          wrong_value        ; tools[0] ; expected an object     ; {'tools':['f'],'messages':[{'role':'user','content':'a'}]}
          missing_field      ; tools[0].name ; missing           ; {'tools':[{'type':'function','function':{}}],'messages':[{'role':'user','content':'a'}]}
          bad_utf8           ; text ; half of a surrogate        ; {'text':'a\\ud83d'}
          bad_utf8           ; messages[0].tool_calls[0].arguments ; half of a surrogate ; {'messages':[{'role':'assistant','tool_calls':[{'name':'f','arguments':{'a':['\\udc00']}}]}]}
          bad_utf8           ; completion ; character 1          ; {'prompt':'','completion':'\\udc00x'}
          """)
  void malformedRowSaysWhatAndWhere(String code, String field, String message, String row) {
    var line = RowParser.parse(7, row.replace('\'', '"'));
    var problem = assertInstanceOf(Line.Broken.class, line).problem();
    assertAll(
        () -> assertEquals(7, line.number()),
        () -> assertEquals(code, problem.check().code()),
        () -> assertEquals(field, problem.field()),
        () ->
            assertTrue(
                problem.message().replace('\'', '"').contains(message.replace('\'', '"')),
                problem.message()),
        () -> assertFalse(problem.message().contains("tools.jackson"), problem.message()),
        () -> assertFalse(problem.message().contains("\n"), problem.message()));
  }

  @Test
  void deeplyNestedRowIsRefusedNotOverflown() {
    var line =
        RowParser.parse(1, "{\"messages\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");
    assertEquals(Check.INVALID_JSON, assertInstanceOf(Line.Broken.class, line).problem().check());
  }

  @Test
  void assistantMessagesAreTrainedUnlessTheirWeightIsZero() {
    var messages =
        chat("""
        {"metadata":{"id":1},"messages":[
         {"role":"system","content":"s"},{"role":"developer","content":"d"},{"role":"user","content":"u","weight":0},
         {"role":"assistant","content":"a"},{"role":"assistant","content":"b","weight":0},
         {"role":"assistant","content":"c","weight":1},{"role":"assistant","content":"d","weight":null}]}\
        """)
            .messages();
    assertEquals(
        List.of(false, false, false, true, false, true, true),
        messages.stream().map(Message::trained).toList());
  }

  @Test
  void textPartsAreJoined() {
    var messages =
        chat("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]}]}")
            .messages();
    assertEquals("ab", messages.getFirst().content());
  }

  @Test
  void toolCallArgumentsBecomeObjectsWhetherStringOrObject() {
    var conversation =
        chat(
            """
            {"tools":[{"type":"function","function":{"name":"f","parameters":{}}},{"name":"g"}],"messages":[
             {"role":"assistant","content":null,"tool_calls":[
               {"id":"c1","type":"function","function":{"name":"f","arguments":"{\\"z\\":1,\\"a\\":[true,null]}"}},
               {"name":"g","arguments":{"b":"x"}},
               {"name":"g","arguments":""}]},
             {"role":"tool","tool_call_id":"c1","name":"f","content":"ok"}]}\
            """);
    var calls = conversation.messages().getFirst().toolCalls();
    assertEquals("c1", calls.get(0).id());
    assertEquals("{z=1, a=[true, null]}", calls.get(0).arguments().toString());
    assertEquals(Map.of("b", "x"), calls.get(1).arguments());
    assertEquals(Map.of(), calls.get(2).arguments());
    assertEquals("c1", conversation.messages().get(1).toolCallId());
    assertEquals(2, conversation.tools().size());
  }

  @Test
  void promptAndCompletionMayBeMessageLists() {
    var messages =
        chat("""
        {"prompt":[{"role":"user","content":"u"},{"role":"assistant","content":"x"},{"role":"user","content":"v"}],
         "completion":[{"role":"assistant","content":"a"}]}\
        """)
            .messages();
    assertEquals(
        List.of(false, false, false, true), messages.stream().map(Message::trained).toList());
  }

  @Test
  void unknownFieldsOfMessagesAreNoted() {
    var line =
        RowParser.parse(
            1,
            "{\"messages\":[{\"role\":\"assistant\",\"content\":\"a\",\"thinking\":\"hm\",\"audio\":null}]}");
    var warnings = assertInstanceOf(Line.Valid.class, line).warnings();
    assertEquals(List.of("messages[0].thinking"), warnings.stream().map(Problem::field).toList());
  }

  @Test
  void stringsAreKeptToTheLetter() {
    var row = row("{\"prompt\":\" é\\u00e9😀\\n\",\"completion\":\"\\u0000\"}");
    assertEquals(new Row.Completion(" éé😀\n", "\0"), row);
    assertEquals(new Row.Text(""), row("{\"text\":\"\"}"));
  }

  private static Row row(String json) {
    return assertInstanceOf(Line.Valid.class, RowParser.parse(1, json)).row();
  }

  private static Conversation chat(String json) {
    return assertInstanceOf(Row.Chat.class, row(json)).conversation();
  }
}
