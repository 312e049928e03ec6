package dev.hone.server.grader;

import dev.hone.rag.embed.Embedder;
import dev.hone.server.api.ApiException;
import dev.hone.server.openai.Fields;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A request of `POST /v1/fine_tuning/alpha/graders/run`.
///
/// @param variables of templates: `item`, and `sample` with what the model has written
public record GraderRequest(Grader grader, ObjectNode variables) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /// A request of `POST /v1/fine_tuning/alpha/graders/validate`: the grader alone.
  ///
  /// @param embedder for graders that compare by vectors
  /// @throws ApiException naming what is wrong, unknown or not supported
  public static Grader readGrader(JsonNode body, Embedder embedder) {
    var fields = Fields.of(body);
    var grader = grader(fields, embedder);
    fields.end();
    return grader;
  }

  /// @throws ApiException naming what is wrong, unknown or not supported
  public static GraderRequest read(JsonNode body, Embedder embedder) {
    var fields = Fields.of(body);
    var grader = grader(fields, embedder);
    var variables = JsonNodeFactory.instance.objectNode();
    var item = fields.take("item").orElseGet(JsonNodeFactory.instance::objectNode);
    if (!item.isObject()) {
      throw Fields.wrongType("item", "an object", item);
    }
    variables.set("item", item);
    sample(fields.requireText("model_sample"), variables.putObject("sample"));
    fields.end();
    return new GraderRequest(grader, variables);
  }

  private static Grader grader(Fields fields, Embedder embedder) {
    return new GraderReader(embedder).read(Fields.of(fields.require("grader"), "grader"));
  }

  private static void sample(String text, ObjectNode sample) {
    sample.put("output_text", text);
    try {
      var json = JSON.readTree(text);
      if (!json.isMissingNode()) {
        sample.set("output_json", json);
      }
    } catch (JacksonException e) {
      // it is no JSON, and need not be
    }
  }
}
