package dev.hone.tune.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.CachedDecoder;
import dev.hone.model.generate.Generator;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.language.LanguageModel;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.tensor.Workers;
import dev.hone.tune.data.Source;
import dev.hone.tune.run.SilentListener;
import dev.hone.tune.run.TuneListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// On the tiny base that PEFT's golden files came with.
class EvalTest {
  private static final Path BASE = Path.of("../model/src/test/resources/golden/peft/base");
  private static final TuneListener SILENT = new SilentListener();

  @TempDir Path dir;

  private EvalRequest request(String rows) throws IOException {
    var file = Files.writeString(dir.resolve("rows.jsonl"), rows);
    return new EvalRequest(
        BASE, Optional.empty(), Optional.empty(), new Source(file), OptionalInt.empty(), false, 2);
  }

  /// Each sentence's loss by `hone eval`'s other way, and the end of the text, which counts there,
  /// taken off by a pair that differs in nothing else.
  @Test
  void theGoodSentenceIsTheOneOfLessLoss() throws IOException {
    String[] sentences = {"the cat sat", "the sat cat", "a rat ran there", "zzz qqq", "on the mat"};
    for (var good : sentences) {
      for (var bad : sentences) {
        var row = "{\"sentence_good\": \"%s\", \"sentence_bad\": \"%s\"}\n".formatted(good, bad);
        var result = MinimalPairs.run(request(row), SILENT);
        boolean isRight = nats(good) < nats(bad);
        assertEquals(isRight ? 1 : 0, result.all().accuracy(), good + " / " + bad);
      }
    }
  }

  /// By the next-token logits of a generator, one prefix after the other.
  private static double nats(String sentence) throws IOException {
    try (var model = LanguageModel.open(BASE);
        var workers = new Workers(1)) {
      var ids = model.renderer().renderText(sentence).ids();
      var logits = model.memory().f32("logits", 1, model.config().vocabSize());
      var decoder =
          CachedDecoder.allocate(
              model.memory(), model.decoder(), AdapterShape.NONE, 8, 64, workers);
      double nats = 0;
      for (int i = 0; i + 2 < ids.length; i++) {
        decoder.extend(new int[] {ids[i]}, 1, logits);
        double sum = 0;
        for (int v = 0; v < model.config().vocabSize(); v++) {
          sum += Math.exp(logits.get(0, v));
        }
        nats += Math.log(sum) - logits.get(0, ids[i + 1]);
      }
      return nats;
    }
  }

  @Test
  void pairsAreCountedByKind() throws IOException {
    var result =
        MinimalPairs.run(
            request(
                """
                {"sentence_good": "the cat sat", "sentence_bad": "the cat sat", "UID": "same"}

                {"sentence_good": "the cat", "sentence_bad": "the cat sat on the mat", "UID": "long"}
                {"sentence_good": "the rat", "sentence_bad": "the rat sat on the mat", "UID": "long"}
                """),
            SILENT);
    assertEquals(new MinimalPairs.Score(0, 1), result.byUid().get("same"), "a tie is not right");
    assertEquals(new MinimalPairs.Score(2, 2), result.byUid().get("long"));
    assertEquals(new MinimalPairs.Score(2, 3), result.all());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {"sentence_good": "a"}                                  | has no text sentence_bad
          {"sentence_good": 3, "sentence_bad": "b"}               | has no text sentence_good
          {"sentence_good": "a", "sentence_bad": ""}              | sentence_bad is too short
          {"sentence_good": "a",                                  | is no JSON
          """)
  void aBadPairIsNamed(String row, String message) throws IOException {
    var good = "{\"sentence_good\": \"the cat\", \"sentence_bad\": \"cat the\"}\n";
    var request = request(good + row + "\n");
    var refused = assertThrows(UsageException.class, () -> MinimalPairs.run(request, SILENT));
    assertTrue(refused.getMessage().contains("rows.jsonl:2: " + message), refused.getMessage());
  }

  /// What the generator says to the same prompt is exact; anything else is not.
  @Test
  void anAnswerIsWhatTheModelSays() throws IOException {
    String said;
    try (var model = LanguageModel.open(BASE);
        var workers = new Workers(2)) {
      var generator =
          Generator.allocate(
              model.memory(), model.decoder(), AdapterShape.NONE, model.tokenizer(), 64, workers);
      var prompt =
          model.renderer().renderPrompt(new Conversation(List.of(Message.user("the cat"))));
      said =
          generator.generate(prompt, SamplingOptions.greedy(8).withStopIds(model.stopIds())).text();
    }
    var json = JsonMapper.shared();
    var answer = json.writeValueAsString(said);
    var result =
        Answers.run(
            request(
                """
                {"prompt": "the cat", "completion": "nothing of the kind"}
                {"prompt": "the cat", "completion": "x", "metadata": {"answers": ["no", %s]}}
                {"messages": [{"role": "user", "content": "the cat"}, {"role": "assistant", "content": %s}]}
                """
                    .formatted(answer, answer)),
            8,
            SILENT);
    assertEquals(
        List.of(said, said, said), result.answers().stream().map(Answers.Answer::answer).toList());
    assertEquals(
        List.of(false, true, true),
        result.answers().stream().map(Answers.Answer::isExact).toList());
    assertEquals(2 / 3.0, result.exactMatch(), 1e-9);
    assertEquals(List.of(1L, 2L, 3L), result.answers().stream().map(Answers.Answer::line).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {"text": "plain"}                                       | is plain text
          {"messages": [{"role": "user", "content": "the cat"}]}  | does not end with an answer
          {"prompt": 3, "completion": "x"}                        | prompt
          """)
  void aRowThatAsksNothingIsNamed(String row, String message) throws IOException {
    var request = request("{\"prompt\": \"the cat\", \"completion\": \"x\"}\n" + row + "\n");
    var refused = assertThrows(UsageException.class, () -> Answers.run(request, 8, SILENT));
    assertTrue(refused.getMessage().contains("rows.jsonl:2: " + message), refused.getMessage());
  }
}
