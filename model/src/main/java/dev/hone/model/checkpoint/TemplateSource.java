package dev.hone.model.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Where a model's chat template stands, and its text by name: `default`, and others such as
/// `tool_use` for conversations with tools.
///
/// @param file `chat_template.jinja`, else `tokenizer_config.json`
public record TemplateSource(Path file, Map<String, String> texts) {
  private static final String FILE = "chat_template.jinja";
  private static final String CONFIG = "tokenizer_config.json";
  private static final long MAX_BYTES = 1 << 24;

  /// Empty where the model has none.
  public static Optional<TemplateSource> find(Path modelDir) throws CheckpointException {
    var file = modelDir.resolve(FILE);
    if (ModelFile.exists(file)) {
      return Optional.of(new TemplateSource(file, Map.of("default", read(file))));
    }
    var config = JsonFile.readIfPresent(modelDir.resolve(CONFIG));
    return config.isPresent() && config.get().has("chat_template")
        ? Optional.of(new TemplateSource(config.get().path(), texts(config.get())))
        : Optional.empty();
  }

  private static Map<String, String> texts(JsonObject config) throws CheckpointException {
    var field = config.node().path("chat_template");
    if (!field.isArray()) return Map.of("default", config.string("chat_template").orElseThrow());
    var texts = new LinkedHashMap<String, String>();
    for (var one : field) {
      if (!one.path("name").isString() || !one.path("template").isString()) {
        throw config.wrong("chat_template", one, "an object with name and template");
      }
      texts.put(one.path("name").asString(), one.path("template").asString());
    }
    return texts;
  }

  private static String read(Path file) throws CheckpointException {
    var bytes = new ByteArrayInputStream(ModelFile.read(file, MAX_BYTES));
    try (var reader = JsonFile.strictUtf8(bytes)) {
      return reader.readAllAsString();
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read as UTF-8 text: " + e.getMessage(), e);
    }
  }
}
