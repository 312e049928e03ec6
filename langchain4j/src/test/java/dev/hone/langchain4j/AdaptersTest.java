package dev.hone.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.adapter.Proof;
import dev.hone.model.language.LanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Adapters that PEFT wrote, on the tiny base that came with them.
class AdaptersTest {
  private static final Path GOLDEN = Path.of("../model/src/test/resources/golden/peft");

  @TempDir private Path dir;

  private static HoneModelBuilder<HoneChatModel> on(HoneBase base) {
    return HoneChatModel.builder().base(base).temperature(0).maxOutputTokens(30);
  }

  @Test
  void adaptersOnOneBaseAnswerAtOnceEachInItsOwnWay() {
    try (var base = HoneBase.builder().directory(GOLDEN.resolve("base")).threads(1).open()) {
      var plain = on(base).build();
      var first = on(base).adapter(GOLDEN.resolve("all_linear")).build();
      var second = on(base).adapter(GOLDEN.resolve("rslora_q_v")).build();
      assertEquals("all_linear", first.defaultRequestParameters().modelName());
      var alone =
          List.of(plain, first, second).stream().map(model -> model.chat("abc cab")).toList();
      assertNotEquals(alone.get(0), alone.get(1));
      assertNotEquals(alone.get(1), alone.get(2));
      var together =
          List.of(plain, first, second).stream().map(model -> model.chatAsync("abc cab")).toList();
      assertEquals(alone, together.stream().map(answer -> answer.join()).toList());
    }
  }

  @Test
  void anAdapterThatDoesNotFitIsRefused() throws IOException {
    var onAnother = HoneChatModel.builder().threads(1).context(64);
    assertThrows(Exception.class, () -> onAnother.adapter(GOLDEN.resolve("all_linear")).build());
    var none = HoneChatModel.builder().base(GOLDEN.resolve("base")).adapter(dir);
    var refused = assertThrows(IllegalArgumentException.class, none::build);
    assertTrue(refused.getMessage().contains("adapter_config.json"), refused.getMessage());
  }

  @Test
  void anAdapterWhoseProofDoesNotReplayIsRefused() throws IOException {
    var adapter = Files.createDirectory(dir.resolve("adapter"));
    try (var files = Files.list(GOLDEN.resolve("all_linear"))) {
      for (var file : files.toList()) {
        Files.copy(file, adapter.resolve(file.getFileName()));
      }
    }
    var other = Optional.of(GOLDEN.resolve("rslora_q_v"));
    try (var model = LanguageModel.open(GOLDEN.resolve("base"), other, Optional.empty(), 64)) {
      Proof.of(model.renderer(), model.baseDecoder(), model.decoder(), model.adapterShape())
          .write(adapter);
    }
    var builder = HoneChatModel.builder().base(GOLDEN.resolve("base")).adapter(adapter);
    var refused = assertThrows(IllegalArgumentException.class, builder::build);
    assertTrue(refused.getMessage().contains("not those that training wrote"), refused::getMessage);
  }

  @Test
  void aDirectoryThatIsNoModelIsRefused() {
    assertFalse(Files.exists(dir.resolve("config.json")));
    assertThrows(RuntimeException.class, () -> HoneBase.open(dir));
    assertThrows(IllegalArgumentException.class, () -> HoneBase.open(GOLDEN.resolve("all_linear")));
  }
}
