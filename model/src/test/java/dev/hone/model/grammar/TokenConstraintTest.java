package dev.hone.model.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.text.TinyTokenizers;
import dev.hone.model.text.TokenTrie;
import dev.hone.model.text.Tokenizer;
import dev.hone.testkit.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

class TokenConstraintTest {
  private static final int STOP = 100_000;
  private static final Set<Integer> STOPS = Set.of(STOP);

  @TempDir Path dir;

  private List<Tokenizer> tokenizers() throws Exception {
    TinyTokenizers.writeMetaspace(dir);
    return List.of(JsonVocabulary.small(), Tokenizer.open(dir));
  }

  /// Takes random tokens until the text is over or a stop id is drawn.
  private static String randomText(
      Tokenizer tokenizer, TokenConstraint constraint, int maxTokens, SplittableRandom random) {
    var text = constraint.begin(STOPS, maxTokens);
    var ids = new ArrayList<Integer>();
    while (ids.size() < maxTokens && !text.isOver()) {
      var allowed = text.allowed().stream().toArray();
      assertEquals(text.mayEnd(), text.allowed().get(STOP));
      int id = allowed[random.nextInt(allowed.length)];
      if (id == STOP) break;
      assertFalse(tokenizer.isSpecial(id));
      ids.add(id);
      text.accept(id);
    }
    assertTrue(text.mayEnd(), () -> tokenizer.decode(array(ids)));
    return tokenizer.decode(array(ids));
  }

  private static int[] array(List<Integer> ids) {
    return ids.stream().mapToInt(id -> id).toArray();
  }

  @ParameterizedTest
  @Seeds(10)
  void everyTextIsCompleteAndSatisfiesTheSchema(long seed) throws Exception {
    var random = new SplittableRandom(seed);
    for (var tokenizer : tokenizers()) {
      var trie = tokenizer.trie();
      Schemas.varied()
          .forEach(schema -> {
            var grammar = Schemas.grammar(schema);
            var constraint = TokenConstraint.of(grammar, trie);
            for (int maxTokens : new int[] {80, 200}) {
              var text = randomText(tokenizer, constraint, maxTokens, random);
              Schemas.assertValid(schema, text);
              assertTrue(Schemas.accepts(grammar, text), text);
            }
          });
    }
  }

  @ParameterizedTest
  @Seeds(3)
  void withinAnyLimitThatIsEnoughTextsAreComplete(long seed) throws Exception {
    var random = new SplittableRandom(seed);
    for (var tokenizer : tokenizers()) {
      var trie = tokenizer.trie();
      Schemas.varied()
          .forEach(schema -> {
            var constraint = TokenConstraint.of(Schemas.grammar(schema), trie);
            int least = least(constraint);
            for (int maxTokens = least; maxTokens < least + 30; maxTokens++)
              Schemas.assertValid(schema, randomText(tokenizer, constraint, maxTokens, random));
          });
    }
  }

  /// The least limit that isn't refused.
  private static int least(TokenConstraint constraint) {
    for (int tokens = 1; ; tokens++) {
      try {
        constraint.begin(STOPS, tokens);
        return tokens;
      } catch (UsageException e) {
        assertTrue(e.getMessage().endsWith("there is room for " + tokens), e.getMessage());
      }
    }
  }

  @Test
  void theLeastLimitCountsLongTokens() {
    var trie = JsonVocabulary.small().trie();
    var grammar = Schemas.grammar("{'properties':{'name':{'const':null}},'required':['name']}");
    assertEquals(5, least(TokenConstraint.of(grammar, trie)), "{\" name \": null }");
    assertEquals(13, grammar.minBytes());
  }

  @ParameterizedTest
  @Seeds(10)
  void textsMayBeCutIntoTokensInAnyWay(long seed) {
    var random = new SplittableRandom(seed);
    var trie = JsonVocabulary.small().trie();
    Schemas.varied()
        .forEach(schema -> {
          var grammar = Schemas.grammar(schema);
          var constraint = TokenConstraint.of(grammar, trie);
          var bytes = Schemas.randomText(grammar, random, 100);
          for (int cut = 0; cut < 3; cut++) {
            var text = constraint.begin(STOPS, 1000);
            for (int at = 0; at < bytes.length; ) {
              int id = randomToken(trie, bytes, at, random);
              assertTrue(text.allowed().get(id), () -> new String(bytes, UTF_8) + " token " + id);
              text.accept(id);
              at += trie.length(id);
            }
            assertTrue(text.mayEnd());
            assertTrue(text.allowed().get(STOP));
          }
        });
  }

  /// Any of the tokens that `bytes` may go on with.
  private static int randomToken(TokenTrie trie, byte[] bytes, int at, SplittableRandom random) {
    var fitting = new ArrayList<Integer>();
    for (int id = 0; trie.length(id) > 0; id++) {
      if (isAt(trie, id, bytes, at)) fitting.add(id);
    }
    return fitting.get(random.nextInt(fitting.size()));
  }

  private static boolean isAt(TokenTrie trie, int id, byte[] bytes, int at) {
    if (at + trie.length(id) > bytes.length) return false;
    for (int i = 0; i < trie.length(id); i++) {
      if (trie.byteAt(id, i) != Byte.toUnsignedInt(bytes[at + i])) return false;
    }
    return true;
  }

  @Test
  void tokensThatLeadOutOfTheGrammarAreNotAllowed() {
    var tokenizer = JsonVocabulary.small();
    var trie = tokenizer.trie();
    var grammar = Schemas.grammar("{'type':'array','items':{'type':'integer'},'minItems':1}");
    var text = TokenConstraint.of(grammar, trie).begin(STOPS, 50);
    assertEquals(Set.of("["), spellings(tokenizer, text.allowed()));
    text.accept(idOf(tokenizer, "["));
    assertEquals(
        Set.of("-", "-1", "12", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
        spellings(tokenizer, text.allowed()));
    assertThrows(IllegalArgumentException.class, () -> text.accept(idOf(tokenizer, "]")));
    text.accept(idOf(tokenizer, "0"));
    assertEquals(Set.of(",", "]"), spellings(tokenizer, text.allowed()));
    text.accept(idOf(tokenizer, "]"));
    assertTrue(text.isOver());
    assertEquals(STOPS, Set.copyOf(text.allowed().stream().boxed().toList()));
  }

  private static Set<String> spellings(Tokenizer tokenizer, BitSet ids) {
    return ids.stream()
        .mapToObj(id -> tokenizer.decode(new int[] {id}))
        .collect(Collectors.toSet());
  }

  private static int idOf(Tokenizer tokenizer, String token) {
    return tokenizer.idOf(token).orElseThrow();
  }

  @Test
  void choicesEndByAStopIdOrByThemselves() {
    var tokenizer = JsonVocabulary.small();
    var constraint =
        TokenConstraint.of(Grammar.choice(List.of("yes", "yesterday")), tokenizer.trie());
    var text = constraint.begin(STOPS, 3);
    text.accept(idOf(tokenizer, "yes"));
    assertTrue(text.mayEnd() && !text.isOver());
    assertTrue(text.allowed().get(STOP));
    text.accept(idOf(tokenizer, "terday"));
    assertTrue(text.isOver());
    var brief = constraint.begin(STOPS, 1);
    assertEquals(Set.of("yes"), spellings(tokenizer, brief.allowed()));
  }

  @Test
  void tokensThatEndAreNoPartOfAText() {
    var tokenizer = JsonVocabulary.small();
    int yes = idOf(tokenizer, "yes");
    var constraint = TokenConstraint.of(Grammar.choice(List.of("yes")), tokenizer.trie());
    var text = constraint.begin(Set.of(yes), 9);
    assertFalse(text.allowed().get(yes));
    text.accept(idOf(tokenizer, "y"));
    var stuck = constraint.begin(Set.of(yes, idOf(tokenizer, "y")), 9);
    assertThrows(UsageException.class, stuck::allowed);
  }

  @Test
  void manyStatesAreForgottenAndFoundAgain() {
    var grammar = Schemas.grammar("{'type':'array','items':{'type':'string','maxLength':1500}}");
    var constraint = TokenConstraint.of(grammar, JsonVocabulary.small().trie());
    for (int round = 0; round < 2; round++) {
      var text = constraint.begin(STOPS, 5000);
      text.accept('[');
      for (int item = 0; item < 2; item++) {
        text.accept('"');
        for (int i = 0; i < 1500; i++) text.accept('x');
        assertFalse(text.allowed().get('x'));
        text.accept('"');
        assertTrue(text.allowed().get(','));
        text.accept(item == 0 ? ',' : ']');
      }
      assertTrue(text.isOver());
    }
  }

  @Test
  void aMaskOfALargeVocabularyTakesMilliseconds() {
    var trie = JsonVocabulary.large(50_000).trie();
    var grammar =
        Schemas.grammar("{'properties':{'a':{'type':'string','maxLength':500}},'required':['a']}");
    var constraint = TokenConstraint.of(grammar, trie);
    var text = constraint.begin(STOPS, 2000);
    for (byte b : "{\"a\":\"".getBytes(UTF_8)) text.accept(b);
    long start = System.nanoTime();
    for (int i = 0; i < 100; i++) text.accept('x'); // each a state that is new
    double perMask = (System.nanoTime() - start) / 100e6;
    assertTrue(perMask < 60, "3 ms on two cores of 2026, but " + perMask);
  }
}
