package dev.hone.model.language;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.Proof;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.GgufExport;
import dev.hone.model.checkpoint.GgufFormat;
import dev.hone.model.text.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Over the tiny base and an adapter that tools/parity/peft_interop.py had PEFT write; that
/// Transformers reads the result, tools/parity's check_tokens.py says.
class TokenAdditionTest {
  private static final List<String> TOKENS = List.of("<ticket>", "</ticket>");
  private static final int VOCAB_SIZE = 61;
  @TempDir private Path dir;
  private Path out;

  @BeforeEach
  void places() {
    out = dir.resolve("out");
  }

  private static Path golden(String name) {
    try {
      return Path.of(TokenAdditionTest.class.getResource("/golden/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A model with a proof.
  private Path merged() throws IOException {
    var merged = dir.resolve("merged");
    var adapter = Optional.of(golden("peft/all_linear"));
    try (var model = LanguageModel.open(golden("peft/base"), adapter, Optional.empty(), 128)) {
      model.merge(merged, Optional.empty(), false);
    }
    return merged;
  }

  @Test
  void everyLogitThatWasThereStays() throws IOException {
    var base = merged();
    var report = TokenAddition.write(base, TOKENS, false, out);
    assertEquals(VOCAB_SIZE, report.vocabSizeBefore());
    assertEquals(VOCAB_SIZE + 2, report.vocabSize());
    try (var before = LanguageModel.open(base);
        var after = LanguageModel.open(out)) {
      var was = Proof.read(base, before.config()).orElseThrow().prompts();
      var is = Proof.read(out, after.config()).orElseThrow().prompts();
      assertEquals(was.size(), is.size());
      for (int i = 0; i < was.size(); i++) {
        assertArrayEquals(was.get(i).ids(), is.get(i).ids());
        assertArrayEquals(
            was.get(i).logits(), Arrays.copyOf(is.get(i).logits(), VOCAB_SIZE), 1e-5f);
        assertEquals(VOCAB_SIZE + 2, is.get(i).logits().length);
      }
    }
    assertEquals(-1, Files.mismatch(base.resolve("hone.json"), out.resolve("hone.json")));
  }

  @Test
  void aProofsPromptsAreReadWithTheNewTokens() throws IOException {
    var report = TokenAddition.write(merged(), List.of("the sky"), false, out);
    int id = report.tokens().getFirst().id();
    try (var model = LanguageModel.open(out)) {
      var prompts = Proof.read(out, model.config()).orElseThrow().prompts();
      assertTrue(prompts.stream().flatMapToInt(p -> IntStream.of(p.ids())).anyMatch(i -> i == id));
    }
  }

  @Test
  void aModelWithoutProofGetsNone() throws IOException {
    TokenAddition.write(golden("peft/base"), TOKENS, false, out);
    assertFalse(Files.exists(out.resolve("hone.json")));
    assertFalse(Files.exists(out.resolve(Proof.FILE)));
    assertEquals(
        -1,
        Files.mismatch(
            golden("peft/base/generation_config.json"), out.resolve("generation_config.json")));
  }

  @Test
  void aModelThatDoesNotReplayItsProofIsRefused() throws IOException {
    var base = merged();
    Files.copy(golden("peft/base/model.safetensors"), base.resolve("other"));
    Files.delete(base.resolve("model.safetensors"));
    Files.move(base.resolve("other"), base.resolve("model.safetensors"));
    var e = assertThrows(UsageException.class, () -> TokenAddition.write(base, TOKENS, false, out));
    assertTrue(e.getMessage().contains("does not replay"), e.getMessage());
    assertFalse(Files.exists(out));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ggufFilesOfItReadTheTokensToo(boolean isSpecial) throws IOException {
    var base = golden("peft/base");
    int id = TokenAddition.write(base, TOKENS, isSpecial, out).tokens().getFirst().id();
    var file = dir.resolve("model.gguf");
    try (var arena = Arena.ofConfined()) {
      GgufExport.write(Checkpoint.open(out, arena), GgufFormat.F32, "tiny", file);
    }
    var tokenizer = Tokenizer.open(file);
    assertTrue(Arrays.stream(tokenizer.encode("the<ticket> cat")).anyMatch(i -> i == id));
    assertEquals(isSpecial, tokenizer.isSpecial(id));
    assertEquals(
        isSpecial ? "the cat" : "the<ticket> cat",
        tokenizer.decode(tokenizer.encode("the<ticket> cat"), true));
  }

  @Test
  void whatCannotGetTokensIsRefusedAndWhatStandsThereStays() throws IOException {
    var base = golden("peft/base");
    Files.createDirectory(out);
    Files.writeString(out.resolve("mine"), "");
    var taken =
        assertThrows(UsageException.class, () -> TokenAddition.write(base, TOKENS, false, out));
    assertTrue(taken.getMessage().contains("is not empty"), taken.getMessage());
    var gguf =
        assertThrows(
            UsageException.class,
            () ->
                TokenAddition.write(
                    golden("gguf/many_types.gguf"), TOKENS, false, dir.resolve("x")));
    assertTrue(gguf.getMessage().contains("is a GGUF file"), gguf.getMessage());
    assertTrue(gguf.hint().contains("hone export"), gguf.hint());
  }
}
