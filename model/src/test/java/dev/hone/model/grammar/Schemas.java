package dev.hone.model.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Schemas for tests, and what judges texts by them.
public final class Schemas {
  private static final JsonMapper JSON = JsonMapper.shared();

  private Schemas() {}

  /// Schemas of every kind that is supported, in standard terms.
  public static Stream<String> varied() {
    return Stream.of(
            "{'type':'object','properties':{'name':{'type':'string'},'age':{'type':'integer','minimum':0,"
                + "'maximum':130}},'required':['name','age'],'additionalProperties':false}",
            "{'type':'object','properties':{'a':{'type':'boolean'},'b':{'type':'null'},'ab':{'type':"
                + "'number'},'c':{'type':'string','maxLength':4}},'required':['b']}",
            "{'type':'object','properties':{'a':{'type':'integer'},'á':{'const':1}},'additionalProperties':"
                + "{'type':'string','minLength':1}}",
            "{'type':'array','items':{'type':'integer','exclusiveMinimum':-12,'maximum':7},'minItems':2,"
                + "'maxItems':4}",
            "{'type':'array','prefixItems':[{'type':'string'},{'type':'boolean'}],'items':{'type':'number'},"
                + "'minItems':1}",
            "{'enum':['red','red wine',1,12,null,{'a':[1,'é']}]}",
            "{'anyOf':[{'type':'object','properties':{'kind':{'const':'cat'},'lives':{'type':'integer'}},"
                + "'required':['kind','lives']},{'type':'object','properties':{'kind':{'const':'dog'},'name':"
                + "{'type':'string'}},'required':['kind','name']}]}",
            "{'$ref':'#/$defs/tree','$defs':{'tree':{'type':'object','properties':{'value':{'type':"
                + "'integer'},'children':{'type':'array','items':{'$ref':'#/$defs/tree'}}},'required':"
                + "['value','children']}}}",
            "{'type':['string','integer','null'],'minLength':2,'maxLength':3,'minimum':5}",
            "{'type':'number','minimum':-1,'exclusiveMaximum':2}",
            "{'type':'object','properties':{'any':{},'list':{'type':'array'},'map':{'type':'object'}},"
                + "'required':['any','list','map']}",
            "{'type':'object','properties':{'p':{'allOf':[{'oneOf':[{'type':'string','format':'date'},"
                + "{'type':'array','items':{'enum':['x','y']},'maxItems':2}]}]}},'required':['p','q'],"
                + "'additionalProperties':true}",
            "{'type':'object','properties':{'quo\\\"te\\u00e9\\u20ac':{'type':'integer','maximum':-100,"
                + "'minimum':-1000}},'required':['quo\\\"te\\u00e9\\u20ac']}")
        .map(text -> text.replace('\'', '"'));
  }

  static JsonNode parse(String schema) {
    return JSON.readTree(schema.replace('\'', '"'));
  }

  public static Grammar grammar(String schema) {
    return JsonSchema.compile(parse(schema));
  }

  /// Fails unless the text is JSON that satisfies the schema, by a validator that isn't ours.
  public static void assertValid(String schema, String text) {
    JSON.readTree(text);
    var validator =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
    assertEquals(List.of(), validator.validate(text, InputFormat.JSON), text);
  }

  /// Whether the automaton reads the text from beginning to end.
  static boolean accepts(Grammar grammar, String text) {
    return accepts(grammar, text.getBytes(StandardCharsets.UTF_8));
  }

  static boolean accepts(Grammar grammar, byte[] text) {
    var automaton = new Automaton(grammar);
    var state = automaton.start();
    for (byte b : text) state = automaton.step(state, Byte.toUnsignedInt(b));
    return state.isComplete();
  }

  /// A random text of the grammar: at each step any byte that can follow, or the end.
  static byte[] randomText(Grammar grammar, SplittableRandom random, int roughLength) {
    var automaton = new Automaton(grammar);
    var text = new ByteArrayOutputStream();
    var state = automaton.start();
    while (!state.isComplete() || !state.readings().isEmpty() && random.nextInt(4) > 0) {
      if (text.size() > roughLength) {
        text.writeBytes(automaton.completion(state));
        return text.toByteArray();
      }
      var at = state;
      var bytes = IntStream.range(0, 256).filter(b -> !automaton.step(at, b).isDead()).toArray();
      int b = bytes[random.nextInt(bytes.length)];
      text.write(b);
      state = automaton.step(state, b);
    }
    return text.toByteArray();
  }
}
