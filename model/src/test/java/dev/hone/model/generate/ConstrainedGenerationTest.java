package dev.hone.model.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.grammar.Grammar;
import dev.hone.model.grammar.JsonSchema;
import dev.hone.model.grammar.Schemas;
import dev.hone.model.text.Tokenizer;
import dev.hone.testkit.Seeds;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

class ConstrainedGenerationTest {
  private static final int[] PROMPT = TinyModel.bytes("Say it as JSON: ");
  private static final SamplingOptions GREEDY =
      SamplingOptions.greedy(160).withStopIds(Set.of(TinyModel.EOS));

  private static Tokenizer tokenizer;

  @BeforeAll
  static void writeTokenizer(@TempDir Path dir) {
    tokenizer = TinyModel.byteLevel(dir);
  }

  private static List<SamplingOptions> variants(long seed) {
    var warm = GREEDY.withTemperature(1.3).withSeed(seed);
    return List.of(
        GREEDY,
        warm,
        warm.withTopK(2).withRepetitionPenalty(1.3),
        warm.withTopP(0.9).withMinP(0.02).withStopIds(Set.of()));
  }

  @ParameterizedTest
  @Seeds(3)
  void answersSatisfyTheirSchemaHoweverTheyAreSampled(long seed) {
    try (var model = TinyModel.random(tokenizer, seed)) {
      var generator = model.generator(400);
      Schemas.varied()
          .forEach(schema -> {
            var grammar = Schemas.grammar(schema);
            for (var options : variants(seed)) {
              var answer = generator.generate(PROMPT, options.withGrammar(grammar));
              Schemas.assertValid(schema, answer.text());
              assertEquals(tokenizer.decode(array(answer)), answer.text());
            }
          });
    }
  }

  private static int[] array(Generation answer) {
    return answer.ids().stream().mapToInt(id -> id).toArray();
  }

  @ParameterizedTest
  @Seeds(3)
  void theContextsEndLeavesAnswersComplete(long seed) {
    try (var model = TinyModel.random(tokenizer, seed)) {
      var schema = "{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"minItems\":2}";
      for (int room = 7; room < 30; room++) {
        var options = GREEDY.withTemperature(1).withSeed(seed).withGrammar(Schemas.grammar(schema));
        var answer = model.generator(PROMPT.length + room).generate(PROMPT, options);
        Schemas.assertValid(schema, answer.text());
        assertEquals(FinishReason.STOP, answer.finishReason());
      }
      var options = GREEDY.withGrammar(Schemas.grammar(schema));
      var generator = model.generator(PROMPT.length + 6);
      var e = assertThrows(UsageException.class, () -> generator.generate(PROMPT, options));
      assertEquals(
          "the answer that is asked for takes 7 tokens or more, and there is room for 6",
          e.getMessage());
    }
  }

  @Test
  void labelsEndByThemselves() {
    try (var model = TinyModel.random(tokenizer, 1)) {
      var generator = model.generator(100);
      var labels = List.of("good", "bad", "neither");
      var options = GREEDY.withTemperature(3).withStopIds(Set.of());
      var seen = new HashSet<String>();
      for (int seed = 0; seed < 30; seed++) {
        var answer =
            generator.generate(PROMPT, options.withSeed(seed).withGrammar(Grammar.choice(labels)));
        assertEquals(FinishReason.STOP, answer.finishReason());
        assertEquals(answer.ids().size(), answer.generatedTokens());
        seen.add(answer.text());
      }
      assertEquals(Set.copyOf(labels), seen);
    }
  }

  @Test
  void anAnswerThatCouldGoOnEndsForItsLength() {
    try (var model = TinyModel.random(tokenizer, 2)) {
      var grammar = Schemas.grammar("{'type':'integer'}");
      var options = SamplingOptions.greedy(3).withGrammar(grammar);
      var answer = model.generator(100).generate(PROMPT, options);
      Schemas.assertValid("{\"type\":\"integer\"}", answer.text());
      boolean isCut = !answer.text().equals("0");
      assertEquals(isCut ? FinishReason.LENGTH : FinishReason.STOP, answer.finishReason());
    }
  }

  @Test
  void stopStringsEndAnAnswerAllTheSame() {
    try (var model = TinyModel.random(tokenizer, 3)) {
      var options = GREEDY.withGrammar(JsonSchema.anyObject()).withStop(List.of("}"));
      var answer = model.generator(400).generate(PROMPT, options);
      assertEquals(FinishReason.STOP, answer.finishReason());
      assertTrue(answer.text().startsWith("{") && !answer.text().contains("}"), answer.text());
    }
  }

  @Test
  void aGrammarLeavesTheNextAnswerAlone() {
    try (var model = TinyModel.random(tokenizer, 4)) {
      var generator = model.generator(100);
      var free = generator.generate(PROMPT, SamplingOptions.greedy(20));
      generator.forget();
      var constrained =
          generator.generate(
              PROMPT, SamplingOptions.greedy(20).withGrammar(JsonSchema.anyObject()));
      generator.forget();
      assertNotEquals(free.text(), constrained.text());
      assertEquals(free.ids(), generator.generate(PROMPT, SamplingOptions.greedy(20)).ids());
    }
  }

  @Test
  void aSamplerNeedsTheTextOfItsGrammar() {
    var options = GREEDY.withGrammar(JsonSchema.anyObject());
    assertThrows(IllegalArgumentException.class, () -> new Sampler(options, 4));
    assertEquals(Optional.empty(), GREEDY.grammar());
  }
}
