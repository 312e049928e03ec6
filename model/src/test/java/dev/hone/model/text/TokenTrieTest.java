package dev.hone.model.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

class TokenTrieTest {
  private static final int[] BOTH = {0, 1};

  @TempDir Path dir;

  private Tokenizer tokenizer(int kind) throws Exception {
    if (kind == 0) TinyTokenizers.writeByteLevel(dir);
    else TinyTokenizers.writeMetaspace(dir);
    return Tokenizer.open(dir);
  }

  private static byte[] bytes(TokenTrie trie, int[] ids) {
    var bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      for (int i = 0; i < trie.length(id); i++) bytes.write(trie.byteAt(id, i));
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @Seeds(10)
  void bytesOfTokensAreThoseOfTheDecodedText(long seed) throws Exception {
    var random = new SplittableRandom(seed);
    for (int kind : BOTH) {
      var tokenizer = tokenizer(kind);
      var trie = tokenizer.trie();
      var text = new StringBuilder("x");
      for (int i = 0; i < 40; i++) {
        text.append(
            List.of("he", " ", "é", "€", "😀", "\n", "a", "ll", "\u0001").get(random.nextInt(9)));
      }
      var spelled = new String(bytes(trie, tokenizer.encode(text.toString())), UTF_8);
      assertEquals(text.toString(), trie.dropsFirstSpace() ? spelled.substring(1) : spelled);
    }
  }

  @Test
  void itHoldsEveryOrdinaryTokenAtItsBytes() throws Exception {
    for (int kind : BOTH) {
      var tokenizer = tokenizer(kind);
      var trie = tokenizer.trie();
      var found = new BitSet();
      for (int node = 0; node < trie.size(); node++) {
        var here = new BitSet();
        trie.addTokens(node, here);
        assertEquals(trie.hasTokens(node), !here.isEmpty());
        for (int id : here.stream().toArray()) {
          assertEquals(trie.depth(node), trie.length(id));
          assertEquals(trie.label(node), trie.byteAt(id, trie.length(id) - 1));
        }
        assertFalse(found.intersects(here));
        found.or(here);
      }
      for (int id = 0; id < tokenizer.vocabSize(); id++) {
        assertEquals(!tokenizer.isSpecial(id), found.get(id), tokenizer.token(id));
      }
      assertEquals(256, trie.singleBytes().cardinality());
    }
  }

  @Test
  void matchesAreTheLongest() throws Exception {
    var trie = tokenizer(0).trie();
    assertEquals(3, trie.longestMatch("x hello".getBytes(UTF_8), 1));
    assertEquals(2, trie.longestMatch("x hello".getBytes(UTF_8), 4));
    assertEquals(1, trie.longestMatch("h".getBytes(UTF_8), 0));
    assertEquals(0, trie.longestMatch("h".getBytes(UTF_8), 1));
    assertTrue(trie.maxDepth() == 3);
  }
}
