package dev.hone.model.grammar;

import dev.hone.model.UsageException;
import tools.jackson.databind.JsonNode;

/// Grammars of JSON texts: what satisfies a schema, or any object.
///
/// Every text of the grammar is JSON and satisfies the schema; not every JSON text that satisfies
/// the schema is in it:
///
/// - properties come in the schema's order, others behind them; without white space but one space
///   or none after `:` and `,`;
/// - numbers have at most 18 digits in front of the point and behind it, an exponent two; within
///   bounds they have none;
/// - where a schema names properties and says nothing of others, there are none; the names of other
///   ones have no escapes;
/// - values of any kind are nested at most 32 deep.
///
/// Keywords that are honoured: `type` (also a list; `dict`, `tuple`, `float` and `any` as function
/// descriptions of BFCL have them), `nullable`, `properties`, `required`, `additionalProperties`,
/// `items`, `prefixItems`, `minItems`, `maxItems`, `enum`, `const`, `anyOf`, `oneOf` (as `anyOf`:
/// that no two fit is not checked), `allOf` of one, `$ref` within the schema, `minLength`,
/// `maxLength`, and `minimum`, `maximum` and their exclusive forms (whole numbers where numbers may
/// have fractions). Where `type` is missing, a keyword that belongs to one type stands for it.
///
/// `title`, `description`, `default`, `examples` and other notes say nothing of the value. So does
/// `format`, as the standard has it by default; an unknown one is refused. Every other keyword is
/// refused.
public final class JsonSchema {
  private JsonSchema() {}

  /// @throws UsageException when the schema is wrong, too large, satisfied by nothing, or asks for
  ///   something that isn't supported; the message names the place in the schema
  public static Grammar compile(JsonNode schema) {
    var builder = new GrammarBuilder();
    int start = new SchemaCompiler(builder, schema).compile();
    var grammar = builder.build(start);
    if (grammar.minBytes() == Grammar.NEVER)
      throw SchemaPath.ROOT.refused(
          "is satisfied by no finite value",
          "a recursive part needs an end: make it optional, or give an alternative");
    return grammar;
  }

  /// Any JSON object, nested at most 32 deep.
  public static Grammar anyObject() {
    var builder = new GrammarBuilder();
    return builder.build(new JsonRules(builder).anyObject());
  }
}
