package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Kind;
import dev.hone.ladder.task.Shape;
import dev.hone.model.UsageException;
import dev.hone.model.grammar.JsonSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What every answer to a task must be, which a model can be held to while it writes.
public sealed interface Form {
  /// A JSON text that satisfies a schema.
  record Json(JsonNode schema) implements Form {}

  /// One of these.
  record OneOf(List<String> texts) implements Form {
    public OneOf {
      texts = List.copyOf(texts);
    }
  }

  /// A call of one of the tools that are on offer.
  record Call() implements Form {}

  /// The form of a task; empty where its answers have none.
  static Optional<Form> of(Kind kind, List<Item> train) {
    return switch (kind) {
      case CLASSIFICATION ->
          Optional.of(
              new OneOf(List.copyOf(new TreeSet<>(train.stream().map(Item::answer).toList()))));
      case EXTRACTION -> Optional.of(new Json(Shape.schema(train)));
      case TOOL_CALLS -> Optional.of(new Call());
      case REWRITING, DOCUMENTS, FREE -> Optional.empty();
    };
  }

  /// JSON that satisfies the schema in a file.
  ///
  /// @throws UsageException when it cannot be read, or asks for what is not supported
  static Form of(Path file) throws IOException {
    JsonNode schema;
    try {
      schema = JsonMapper.shared().readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new UsageException(
          "%s is no JSON: %s".formatted(file, e.getOriginalMessage()), "give a JSON schema", e);
    }
    JsonSchema.compile(schema);
    return new Json(schema);
  }

  /// As a recipe has it.
  default Map<String, Object> recipe() {
    var recipe = new LinkedHashMap<String, Object>();
    switch (this) {
      case Json json ->
          recipe.put("schema", JsonMapper.shared().convertValue(json.schema(), Map.class));
      case OneOf one -> recipe.put("one_of", one.texts());
      case Call any -> recipe.put("call", true);
    }
    return recipe;
  }

  /// The reverse of [#recipe]; empty where the recipe has none.
  static Optional<Form> read(JsonNode form) {
    if (form.has("schema")) {
      return Optional.of(new Json(form.get("schema")));
    }
    if (form.has("one_of")) {
      return Optional.of(
          new OneOf(form.get("one_of").valueStream().map(JsonNode::asString).toList()));
    }
    return form.has("call") ? Optional.of(new Call()) : Optional.empty();
  }
}
