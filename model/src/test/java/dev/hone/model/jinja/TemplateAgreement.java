package dev.hone.model.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Renders real templates and compares with digests of what Python's transformers renders. The
/// templates are no part of the project: `acceptance/checks/20-templates.sh` names their folders in
/// the system property `hone.templates` and runs this test, which an ordinary build doesn't.
/// `tools/parity/render_templates.py` writes the digests.
///
/// With `hone.templates.out` the renderings are written to that file, to look at a difference.
class TemplateAgreement {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 1, 5, 15, 4, 9);

  @Test
  void everyTemplateRendersAsInPython() throws IOException {
    var renderings = new TreeMap<String, String>();
    var wrong = new ArrayList<String>();
    var expected = resource("/chat/template_digests.json");
    for (var folder : System.getProperty("hone.templates").split(":")) {
      for (var source : templates(Path.of(folder)).entrySet()) {
        for (var key : keys()) {
          var name = source.getKey() + " | " + key;
          renderings.put(name, render(source.getKey(), source.getValue(), key));
          var digest = expected.path(source.getKey()).path(key.toString()).asString("no digest");
          if (!digest(renderings.get(name)).equals(digest))
            wrong.add(name + shortError(renderings.get(name)));
        }
      }
    }
    if (System.getProperty("hone.templates.out") != null) {
      Files.writeString(
          Path.of(System.getProperty("hone.templates.out")), JSON.writeValueAsString(renderings));
    }
    System.out.println(renderings.size() + " renderings, " + wrong.size() + " differ");
    assertFalse(renderings.isEmpty());
    assertEquals(List.of(), wrong);
  }

  private static String shortError(String rendering) {
    return rendering.startsWith("error: ") ? ": " + rendering : "";
  }

  /// A conversation of the tests, rendered whole or with the prompt for the next turn.
  private record Key(JsonNode conversation, boolean prompt) {
    @Override
    public String toString() {
      return conversation.path("name").asString() + " | " + (prompt ? "prompt" : "whole");
    }
  }

  private static List<Key> keys() throws IOException {
    var keys = new ArrayList<Key>();
    for (var conversation : resource("/chat/conversations.json")) {
      keys.add(new Key(conversation, false));
      keys.add(new Key(conversation, true));
    }
    return keys;
  }

  private static JsonNode resource(String name) throws IOException {
    try (var in = TemplateAgreement.class.getResourceAsStream(name)) {
      return JSON.readTree(in.readAllBytes());
    }
  }

  private static Map<String, String> templates(Path folder) throws IOException {
    var sources = new TreeMap<String, String>();
    try (var files = Files.walk(folder)) {
      for (var file : (Iterable<Path>) files.sorted()::iterator) {
        var name = folder.relativize(file).toString();
        if (name.endsWith(".jinja")) sources.put(name, Files.readString(file));
        if (!name.endsWith("tokenizer_config.json")) continue;
        var template = JSON.readTree(file).path("chat_template");
        if (template.isString()) sources.put(name, template.asString());
      }
    }
    return sources;
  }

  private static String render(String name, String source, Key key) {
    var variables = new HashMap<String, Object>();
    variables.put("bos_token", "<s>");
    variables.put("eos_token", "</s>");
    variables.put("add_generation_prompt", key.prompt());
    variables.put("tools", null);
    variables.put("documents", null);
    key.conversation().properties().stream()
        .filter(field -> List.of("messages", "tools").contains(field.getKey()))
        .forEach(field -> variables.put(field.getKey(), plain(field.getValue())));
    key.conversation()
        .path("kwargs")
        .properties()
        .forEach(field -> variables.put(field.getKey(), plain(field.getValue())));
    try {
      var rendering = Template.compile(name, source).render(variables, () -> NOW);
      var spans = new StringBuilder();
      for (var span : rendering.generations()) {
        spans.append(codePoints(rendering.text(), span.start())).append('-');
        spans.append(codePoints(rendering.text(), span.end())).append(',');
      }
      return rendering.text() + '\0' + spans;
    } catch (TemplateException e) {
      return "error: " + e.getMessage();
    }
  }

  private static int codePoints(String text, int end) {
    return text.codePointCount(0, end);
  }

  private static Object plain(JsonNode node) {
    return JSON.treeToValue(node, Object.class);
  }

  private static String digest(String rendering) {
    if (rendering.startsWith("error: ")) return "error";
    try {
      var hash =
          MessageDigest.getInstance("SHA-256").digest(rendering.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
