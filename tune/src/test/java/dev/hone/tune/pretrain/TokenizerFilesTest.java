package dev.hone.tune.pretrain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.model.text.Renderers;
import dev.hone.model.text.Tokenizer;
import dev.hone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

class TokenizerFilesTest {
  private static final int SPECIAL = TokenizerFiles.SPECIAL.size();

  @TempDir Path dir;

  private Tokenizer tokenizer;
  private int merges;

  @BeforeEach
  void write() throws IOException {
    var words = new WordCounts();
    words.add("the cat sat on the mat, and the cat's hat sat there. That's that!\n");
    var learned = BytePairs.learn(words.counts(), 20);
    merges = learned.size();
    TokenizerFiles.write(dir, learned, 64);
    tokenizer = Tokenizer.open(dir);
  }

  @ParameterizedTest
  @Seeds(50)
  void anyTextComesBack(long seed) {
    var random = new SplittableRandom(seed);
    var text = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      int codePoint = random.nextInt(random.nextBoolean() ? 0x250 : Character.MAX_CODE_POINT + 1);
      boolean isSurrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
      text.appendCodePoint(isSurrogate ? ' ' : codePoint);
    }
    assertEquals(text.toString(), tokenizer.decode(tokenizer.encode(text.toString())));
  }

  @Test
  void bytesFollowTheSpecialTokensAndMergesTheBytes() {
    assertArrayEquals(new int[] {SPECIAL + 'z'}, tokenizer.encode("z"));
    var merged = tokenizer.encode(" the");
    assertEquals(1, merged.length);
    assertTrue(merged[0] >= SPECIAL + 256);
    assertEquals(SPECIAL + 256 + merges, tokenizer.vocabSize());
  }

  @Test
  void specialTokensAreOneTokenEach() {
    assertArrayEquals(
        IntStream.range(0, SPECIAL).toArray(),
        tokenizer.encode(String.join("", TokenizerFiles.SPECIAL)));
  }

  @Test
  void theChatTemplateEndsATurnWithItsToken() throws IOException {
    var renderer = Renderers.open(dir, tokenizer, Optional.empty());
    var asked = List.of(Message.system("Be brief."), Message.user("Is it?"));
    assertEquals(
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nIs it?<|im_end|>\n"
            + "<|im_start|>assistant\n",
        tokenizer.decode(renderer.renderPrompt(new Conversation(asked))));
    int end = TokenizerFiles.SPECIAL.indexOf(TokenizerFiles.TURN_END);
    assertTrue(Arrays.stream(renderer.stopIds()).anyMatch(id -> id == end));
  }
}
