package dev.hone.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.serve.LogitBias;
import dev.hone.server.api.ApiException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ChatRequestTest {
  private static final String TOOL =
      "{'type':'function','function':{'name':'order','parameters':{'type':'object'}}}";

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text.replace('\'', '"'));
  }

  private static ChatRequest read(String more) {
    return ChatRequest.read(
        json("{'model':'m','messages':[{'role':'user','content':'hi'}]" + more + "}"));
  }

  @Test
  void whatIsNotSaidIsAsOpenAiHasIt() {
    var request = read("");
    assertEquals(1, request.temperature());
    assertEquals(1, request.topP());
    assertEquals(1, request.choices());
    assertEquals(-1, request.topLogprobs());
    assertTrue(request.maxTokens().isEmpty() && request.stream().isEmpty());
    assertInstanceOf(ToolChoice.None.class, request.toolChoice());
  }

  @Test
  void everythingThatIsHonouredIsRead() {
    var request =
        read(
            ",'temperature':0.5,'top_p':0.9,'max_completion_tokens':7,'stop':['a','b'],'n':2,'seed':9,"
                + "'logprobs':true,'top_logprobs':3,'logit_bias':{'5':-100},'frequency_penalty':0.5,'presence_penalty':-1,'stream':true,"
                + "'stream_options':{'include_usage':true},'user':'u','tools':["
                + TOOL
                + "],'tool_choice':'auto','parallel_tool_calls':false,'response_format':{'type':'json_object'}");
    assertEquals(0.5, request.temperature());
    assertEquals(7, request.maxTokens().orElseThrow());
    assertEquals(List.of("a", "b"), request.stop());
    assertEquals(3, request.topLogprobs());
    assertEquals(new LogitBias(Map.of(5, -100f), 0.5, -1), request.bias());
    assertEquals(Optional.of(new ChatRequest.Streaming(true)), request.stream());
    assertTrue(request.grammar().isPresent());
    assertEquals(1, request.conversation().tools().size());
  }

  /// Nothing is silently ignored: each of these is refused, and named.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'nonsense':1|nonsense",
        "'audio':{}|audio",
        "'frequency_penalty':2.5|frequency_penalty",
        "'presence_penalty':-2.1|presence_penalty",
        "'functions':[]|functions",
        "'reasoning_effort':'low'|reasoning_effort",
        "'modalities':['audio']|modalities",
        "'prediction':{}|prediction",
        "'store':true|store",
        "'metadata':{'a':'b'}|metadata",
        "'temperature':3|temperature",
        "'temperature':'hot'|temperature",
        "'top_p':-0.1|top_p",
        "'n':0|n",
        "'n':1.5|n",
        "'max_tokens':0|max_tokens",
        "'max_tokens':1,'max_completion_tokens':1|max_tokens",
        "'seed':1e400|seed",
        "'top_logprobs':2|top_logprobs",
        "'stop':['a','b','c','d','e']|stop",
        "'stop':''|stop",
        "'logit_bias':{'x':1}|logit_bias",
        "'logit_bias':{'1':1000}|logit_bias",
        "'stream_options':{'include_usage':true}|stream_options",
        "'stream':true,'stream_options':{'other':1}|stream_options.other",
        "'tools':[]|tools",
        "'tools':[{'type':'web_search'}]|tools[0].type",
        "'tools':[{'type':'function','function':{'name':'a b'}}]|tools[0].function.name",
        "'tool_choice':'required'|tool_choice",
        "'response_format':{'type':'xml'}|response_format.type",
        "'response_format':{'type':'json_schema','json_schema':{'name':'a'}}|response_format.json_schema.schema",
        "'response_format':{'type':'json_schema','json_schema':{'name':'a','schema':{'pattern':'x'}}}|response_format"
      })
  void whatIsNotSupportedIsRefusedByName(String more, String param) {
    var refused = assertThrows(ApiException.class, () -> read("," + more));
    assertEquals(400, refused.status());
    assertEquals(Optional.of(param), refused.param(), refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'role':'robot','content':'x'}",
        "{'role':'user'}",
        "{'role':'user','content':[{'type':'image_url','image_url':{}}]}",
        "{'role':'user','content':'x','other':1}",
        "{'role':'tool','content':'x'}",
        "{'role':'assistant','tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':'no'}}]}",
        "'x'"
      })
  void messagesThatAreNoneAreRefused(String message) {
    var body = json("{'model':'m','messages':[" + message + "]}");
    assertEquals(400, assertThrows(ApiException.class, () -> ChatRequest.read(body)).status());
  }

  @Test
  void toolCallsAndTheirResultsAreRead() {
    var body =
        json(
            "{'model':'m','messages':[{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]},"
                + "{'role':'assistant','content':null,'tool_calls':[{'id':'c1','type':'function','function':"
                + "{'name':'order','arguments':'{}'}}]},{'role':'tool','tool_call_id':'c1','content':'done'}]}");
    var messages = ChatRequest.read(body).conversation().messages();
    assertEquals("ab", messages.getFirst().content());
    assertEquals("order", messages.get(1).toolCalls().getFirst().name());
    assertEquals("c1", messages.getLast().toolCallId());
  }
}
