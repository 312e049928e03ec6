package dev.hone.model.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.testkit.Seeds;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class JsonSchemaTest {
  private static void accepts(String schema, String... texts) {
    var grammar = Schemas.grammar(schema);
    for (var text : texts) {
      var json = text.replace('\'', '"');
      assertTrue(Schemas.accepts(grammar, json), json);
      Schemas.assertValid(schema.replace('\'', '"'), json);
    }
  }

  private static void rejects(String schema, String... texts) {
    var grammar = Schemas.grammar(schema);
    for (var text : texts) assertFalse(Schemas.accepts(grammar, text.replace('\'', '"')), text);
  }

  @ParameterizedTest
  @Seeds(10)
  void everyTextOfTheGrammarSatisfiesTheSchema(long seed) {
    var random = new SplittableRandom(seed);
    Schemas.varied()
        .forEach(schema -> {
          var text = new String(Schemas.randomText(Schemas.grammar(schema), random, 200), UTF_8);
          Schemas.assertValid(schema, text);
          assertTrue(Schemas.accepts(Schemas.grammar(schema), text), text);
        });
  }

  @ParameterizedTest
  @Seeds(20)
  void randomInstancesAreAccepted(long seed) {
    var instances = new Instances(new SplittableRandom(seed));
    Schemas.varied()
        .forEach(schema -> {
          var instance = instances.of(Schemas.parse(schema));
          Schemas.assertValid(schema, instance);
          assertTrue(Schemas.accepts(Schemas.grammar(schema), instance), instance);
        });
  }

  @ParameterizedTest
  @Seeds(20)
  void integersAreThoseWithinTheBounds(long seed) {
    var random = new SplittableRandom(seed);
    long from = random.nextLong(-3000, 3000);
    long to = from + random.nextLong(0, 3000);
    var grammar =
        Schemas.grammar("{'type':'integer','minimum':%d,'maximum':%d}".formatted(from, to));
    for (long i = from - 1500; i < to + 1500; i++)
      assertEquals(from <= i && i <= to, Schemas.accepts(grammar, Long.toString(i)), "" + i);
    for (var text : List.of("-0", "00", "01", "-", "")) assertFalse(Schemas.accepts(grammar, text));
  }

  @Test
  void numbersKeepTheirBounds() {
    var schema = "{'minimum':-2,'exclusiveMaximum':3}";
    accepts(schema, "-2", "-1.99", "-0.5", "0", "0.001", "2.999999999", "1");
    rejects(schema, "-2.1", "3", "3.0001", "-3", "10", "03", "1.");
    accepts("{'type':'number','exclusiveMinimum':0}", "0.001", "999999", "1");
    rejects("{'type':'number','exclusiveMinimum':0}", "0", "0.0", "-1");
    accepts("{'type':'number'}", "-0.5", "1e5", "1E-12", "12.50e+7", "0");
    rejects("{'type':'number'}", "01", ".5", "1e", "1e400", "+1", "NaN", "1".repeat(19));
    accepts("{'type':'integer','exclusiveMinimum':1.5,'exclusiveMaximum':4}", "2", "3");
    rejects("{'type':'integer','exclusiveMinimum':1.5,'exclusiveMaximum':4}", "1", "4", "2.0");
  }

  @Test
  void stringsAreUnicodeOrEscapes() {
    accepts(
        "{'type':'string'}",
        "''",
        "'é€😀'",
        "'\\u00e9\\n\\\\\\/'",
        "'\\ud83d\\ude00'",
        "'\\uD7FF\\ue000'",
        "'\u007f'");
    rejects(
        "{'type':'string'}",
        "'",
        "'a",
        "'\n'",
        "'\\x'",
        "'\\ud83d'",
        "'\\ude00'",
        "'\\ud83d\\u0041'",
        "'\\u12'",
        "a");
    for (var bad : List.of("C080", "EDA080", "F4908080", "80", "E282", "FF", "C3"))
      assertFalse(Schemas.accepts(Schemas.grammar("{'type':'string'}"), quoted(bad)), bad);
  }

  private static byte[] quoted(String hex) {
    return HexFormat.of().parseHex("22" + hex + "22");
  }

  @Test
  void lengthsCountCharactersNotBytes() {
    var schema = "{'type':'string','minLength':2,'maxLength':3}";
    accepts(schema, "'😀é'", "'\\ud83d\\ude00ab'", "'abc'");
    rejects(schema, "'😀'", "'\\ud83d\\ude00'", "'abcd'", "''");
  }

  @Test
  void propertiesComeInOrderAndOptionalOnesMayBeLeftOut() {
    var schema =
        "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'integer'},'c':{'type':"
            + "'integer'}},'required':['b']}";
    accepts(schema, "{'b':1}", "{'a': 1, 'b':2}", "{'b':1, 'c':2}", "{'a':1,'b':2,'c':3}");
    rejects(
        schema,
        "{}",
        "{'a':1}",
        "{'b':1,'a':2}",
        "{'b':1,}",
        "{'b':1,'d':2}",
        "{ 'b':1}",
        "{'b':  1}",
        "{'b':1,\n'c':2}",
        "{'b' :1}",
        "{'b':1} ");
  }

  @Test
  void otherPropertiesHaveOtherNames() {
    var schema =
        "{'properties':{'ab':{'type':'integer'},'é':{'const':1}},'additionalProperties':{'type':"
            + "'boolean'}}";
    accepts(
        schema,
        "{}",
        "{'ab':1,'a':true}",
        "{'é':1, 'abc':true,'è':false}",
        "{'':true}",
        "{'b':true}");
    rejects(schema, "{'ab':true}", "{'é':true}", "{'\\u0061b':true}", "{'a':1}");
    accepts("{'type':'object'}", "{}", "{'a':{'b':[1,{}]}}");
    rejects("{'type':'object','properties':{}, 'additionalProperties':false}", "{'a':1}");
  }

  @Test
  void listsKeepTheirCounts() {
    accepts("{'type':'array','items':{'type':'integer'},'maxItems':2}", "[]", "[1]", "[1, 2]");
    rejects("{'type':'array','items':{'type':'integer'},'maxItems':2}", "[1,2,3]", "[,1]", "[1,]");
    var pair = "{'prefixItems':[{'type':'integer'},{'type':'string'}],'items':false,'minItems':1}";
    accepts(pair, "[1]", "[1,'a']");
    rejects(pair, "[]", "['a']", "[1,2]", "[1,'a',2]");
  }

  @Test
  void aSchemaMayContainItself() {
    var list =
        "{'type':'object','properties':{'next':{'anyOf':[{'$ref':'#'},{'type':'null'}]}},'required':"
            + "['next']}";
    accepts(list, "{'next':null}", "{'next':{'next':{'next':null}}}");
    rejects(list, "{'next':{}}", "{'next':{'next':null}");
    var ambiguous =
        Schemas.grammar(
            "{'$ref':'#/definitions/x','definitions':{'x':{'anyOf':[{'type':'object','properties':{'a':"
                + "{'$ref':'#/definitions/x'}}},{'type':'object','properties':{'a':{'$ref':"
                + "'#/definitions/x'},'b':{'type':'integer'}},'required':['b']}]}}}");
    assertTrue(
        Schemas.accepts(ambiguous, "{\"a\":".repeat(40) + "{}" + "}".repeat(40)), "2^40 readings");
  }

  @Test
  void namesOfFunctionDescriptionsWork() {
    var grammar =
        Schemas.grammar(
            "{'type':'dict','properties':{'x':{'type':'float','description':'X'},'y':{'type':'tuple','items':"
                + "{'type':'integer'}},'z':{'type':'any','optional':true}},'required':['x']}");
    assertTrue(Schemas.accepts(grammar, "{\"x\": 1.5, \"y\": [1, 2], \"z\": {\"a\": null}}"));
    assertTrue(Schemas.accepts(Schemas.grammar("{'type':'string','nullable':true}"), "null"));
  }

  @Test
  void anyObjectIsAnObject() {
    var grammar = JsonSchema.anyObject();
    assertTrue(Schemas.accepts(grammar, "{\"a\": [1, true, null, {\"b\": \"c\"}], \"\": -1.5e3}"));
    assertFalse(Schemas.accepts(grammar, "[]"));
    assertTrue(Schemas.accepts(grammar, "{\"a\":".repeat(31) + "{}" + "}".repeat(31)));
    assertFalse(Schemas.accepts(grammar, "{\"a\":".repeat(40) + "{}" + "}".repeat(40)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'properties':{'a/b':{'pattern':'x'}}} | #/properties/a~1b/pattern is not supported
          {'items':{'uniqueItems':true}} | #/items/uniqueItems is not supported
          {'anyOf':[{},{'not':{}}]} | #/anyOf/1/not is not supported
          {'$defs':{'x':{'multipleOf':2}},'$ref':'#/$defs/x'} | #/$defs/x/multipleOf is not supported
          {'type':'str'} | #/type names "str", which is no type
          {'type':['string',7]} | #/type names 7, which is no type
          {'$ref':'#/$defs/y'} | #/$ref refers to #/$defs/y, which is not there
          {'$ref':'http://a.b/c'} | #/$ref refers to "http://a.b/c", outside of the schema
          {'anyOf':[{'$ref':'#'},{'type':'null'}]} | #/anyOf/0/$ref refers to itself with nothing in between
          {'allOf':[{},{}]} | #/allOf has 2 schemas, and only one is supported
          {'anyOf':[{}],'minLength':1} | #/minLength stands beside anyOf, which isn't supported
          {'enum':['a'],'maxLength':1} | #/maxLength stands beside enum, which isn't supported
          {'enum':['a'],'type':'integer'} | #/enum has no value of the type that the schema names
          {'enum':[]} | #/enum is no list of values
          {'items':false,'minItems':1} | #/minItems is more than there may be items
          {'minLength':3,'maxLength':2} | #/maxLength is 2, less than minLength, which is 3
          {'minLength':-1} | #/minLength is -1, no count from 0 to 1,000,000
          {'type':'number','minimum':0.5} | #/minimum is 0.5, and only whole numbers are supported
          {'required':['a'],'additionalProperties':false} | #/required names "a", which additionalProperties forbids
          {'properties':{'a':false}} | #/properties/a is false, which nothing satisfies
          {'type':'string','format':'color'} | #/format names an unknown format, "color"
          {'type':'integer','minimum':3,'maximum':2} | # is satisfied by no finite value
          {'properties':{'a':{'$ref':'#'}},'required':['a']} | # is satisfied by no finite value
          7 | # is no schema
          """)
  void whatIsNotHonouredIsRefusedByItsPlace(String schema, String message) {
    var e = assertThrows(UsageException.class, () -> Schemas.grammar(schema));
    assertEquals("schema: " + message, e.getMessage());
    assertFalse(e.hint().isEmpty());
  }

  @Test
  void bombsAreRefused() {
    var deep = "{'items':".repeat(100) + "{}" + "}".repeat(100);
    assertTrue(message(deep).contains("nested too deeply"), message(deep));
    var mapper = JsonMapper.shared();
    var many = mapper.createArrayNode();
    for (int i = 0; i < 6000; i++) many.add(i);
    assertTrue(message(mapper.createObjectNode().set("enum", many).toString()).contains("6,000"));
    var wide = mapper.createObjectNode();
    for (int i = 0; i < 900; i++) wide.putObject("p" + i).put("$ref", "#/$defs/w");
    var nested = mapper.createObjectNode();
    var defs = nested.putObject("$defs");
    defs.putObject("w").put("type", "string");
    var list = nested.putArray("anyOf");
    for (int i = 0; i < 400; i++) list.addObject().set("properties", wide);
    assertTrue(message(nested.toString()).contains("too large"));
  }

  private static String message(String schema) {
    return assertThrows(UsageException.class, () -> Schemas.grammar(schema)).getMessage();
  }

  @Test
  void choicesAreTheTextsAndNothingElse() {
    var texts = List.of("yes", "yesterday", "no", "nö", "not sure, {\"maybe\"}");
    var grammar = Grammar.choice(texts);
    for (var text : texts) assertTrue(Schemas.accepts(grammar, text), text);
    for (var text : List.of("", "y", "yes ", "nø", "not"))
      assertFalse(Schemas.accepts(grammar, text), text);
    assertEquals(2, grammar.minBytes());
    for (var bad : List.of(List.<String>of(), List.of(""), List.of(" a"), List.of("a\uD83D")))
      assertThrows(UsageException.class, () -> Grammar.choice(bad));
  }
}
