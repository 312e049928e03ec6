package dev.hone.model.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class RenderersTest {
  @TempDir Path dir;

  private void write(String file, String content) throws IOException {
    Files.writeString(dir.resolve(file), content);
  }

  private ChatRenderer renderer(Map<String, Object> kwargs) throws CheckpointException {
    return Renderers.of(dir, Formats.ENCODER, OptionalInt.empty(), Formats.EOS, kwargs);
  }

  private String prompt(List<Map<String, Object>> tools) throws CheckpointException {
    var conversation = new Conversation(List.of(Message.user("x")), tools);
    return Formats.ENCODER.decode(renderer(Map.of()).renderPrompt(conversation));
  }

  @Test
  void withoutATemplateTheFormatIsPlain() throws IOException {
    assertEquals(Optional.empty(), ChatTemplate.find(dir));
    write("tokenizer_config.json", "{\"bos_token\": \"<s>\"}");
    assertEquals(Optional.empty(), ChatTemplate.find(dir));
    assertInstanceOf(PlainRenderer.class, renderer(Map.of()));
    assertThrows(UsageException.class, () -> renderer(Map.of("enable_thinking", false)));
  }

  @Test
  void theConfigsTemplateKnowsItsSpecialTokens() throws IOException {
    write(
        "tokenizer_config.json",
        "{\"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": null, \"chat_template\": \"{{"
            + " bos_token }}|{{ eos_token }}|\"}");
    write("special_tokens_map.json", "{\"bos_token\": \"other\", \"eos_token\": \"</s>\"}");
    assertEquals("<s>|</s>|", prompt(List.of()));
  }

  @Test
  void theFileWinsOverTheConfig() throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": \"config\"}");
    write("chat_template.jinja", "file\n");
    assertEquals("file", prompt(List.of()));
  }

  @Test
  void aTemplateThatLeavesToolsOutIsKnown() throws IOException {
    assertTrue(Renderers.showsTools(renderer(Map.of())));
    write("chat_template.jinja", Formats.CHATML);
    assertFalse(Renderers.showsTools(renderer(Map.of())));
    write("chat_template.jinja", "{{ tools or '' }}" + Formats.CHATML);
    assertTrue(Renderers.showsTools(renderer(Map.of())));
    write("chat_template.jinja", "{% if tools %}{{ raise_exception('no tools') }}{% endif %}x");
    assertFalse(Renderers.showsTools(renderer(Map.of())));
  }

  @Test
  void oneOfSeveralTemplatesIsForTools() throws IOException {
    write(
        "tokenizer_config.json",
        "{\"chat_template\": [{\"name\": \"default\", \"template\": \"plain\"}, {\"name\": \"rag\","
            + " \"template\": \"{% broken\"}, {\"name\": \"tool_use\", \"template\": \"tools\"}]}");
    assertEquals("plain", prompt(List.of()));
    assertEquals("tools", prompt(List.of(Map.of("name", "f"))));
  }

  @Test
  void brokenFilesAreNamed() throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": 5}");
    assertTrue(
        assertThrows(CheckpointException.class, () -> ChatTemplate.find(dir))
            .getMessage()
            .contains("chat_template"));
    write(
        "tokenizer_config.json", "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"\"}]}");
    assertTrue(
        assertThrows(CheckpointException.class, () -> ChatTemplate.find(dir))
            .getMessage()
            .contains("default"));
    write("tokenizer_config.json", "{\"chat_template\": \"{% include 'x' %}\"}");
    var e = assertThrows(UsageException.class, () -> ChatTemplate.find(dir));
    assertTrue(
        e.getMessage().contains("tokenizer_config.json line 1: the tag 'include'"), e.getMessage());
    Files.write(dir.resolve("chat_template.jinja"), new byte[] {(byte) 0xff});
    assertTrue(
        assertThrows(CheckpointException.class, () -> ChatTemplate.find(dir))
            .getMessage()
            .contains("UTF-8"));
  }

  @Test
  void aSavedFormatComesBackAsItWas() throws IOException {
    write("chat_template.jinja", "{{ strftime_now('%Y') }}{{ enable_thinking }}{{ n }}");
    var renderer = renderer(Map.of("enable_thinking", false, "n", 3));
    var json = JsonMapper.shared().writeValueAsString(renderer.format());
    var saved = JsonMapper.shared().readValue(json, RenderFormat.class);
    assertEquals(renderer.format(), saved);
    var again = Renderers.asSaved(saved, dir, Formats.ENCODER, OptionalInt.empty(), Formats.EOS);
    assertEquals(saved, again.format());
  }

  @Test
  void theClockOfTrainingIsKept() throws IOException {
    write("chat_template.jinja", "{{ strftime_now('%F') }}");
    var format = renderer(Map.of()).format();
    var old =
        new RenderFormat(format.kind(), format.templateSha256(), Map.of(), "2020-02-29T10:00:00");
    var renderer = Renderers.asSaved(old, dir, Formats.ENCODER, OptionalInt.empty(), Formats.EOS);
    assertEquals(
        "2020-02-29", Formats.ENCODER.decode(renderer.renderPrompt(new Conversation(List.of()))));
  }

  @Test
  void anotherTemplateThanInTrainingIsRefused() throws IOException {
    write("chat_template.jinja", "one");
    var saved = renderer(Map.of()).format();
    write("chat_template.jinja", "two");
    var e =
        assertThrows(
            UsageException.class,
            () -> Renderers.asSaved(saved, dir, Formats.ENCODER, OptionalInt.empty(), Formats.EOS));
    assertTrue(e.getMessage().contains("the chat templates differ"), e.getMessage());
    Files.delete(dir.resolve("chat_template.jinja"));
    assertThrows(
        UsageException.class,
        () -> Renderers.asSaved(saved, dir, Formats.ENCODER, OptionalInt.empty(), Formats.EOS));
    assertInstanceOf(
        PlainRenderer.class,
        Renderers.asSaved(
            RenderFormat.plain(), dir, Formats.ENCODER, OptionalInt.empty(), Formats.EOS));
  }
}
