package dev.hone.ladder.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.ladder.statistics.PairedBootstrap;
import dev.hone.model.UsageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Golden scores are sacrebleu's and scikit-learn's: tools/parity/metrics.py.
class MetricsTest {
  private static final List<String> ANSWERS =
      List.of(
          "The cat sat on the mat.",
          "You must pay the fee before 1 May 2024.",
          "Please send us the form; we'll reply in 3-5 days.",
          "No.");
  private static final List<String> REFERENCES =
      List.of(
          "The cat sat on the mat.",
          "Pay the fee before 1 May 2024.",
          "Send us the form. We will reply in 3 to 5 days.",
          "No, it isn't.");

  private static JsonNode golden() throws IOException {
    try (var in =
        new GZIPInputStream(MetricsTest.class.getResourceAsStream("/golden/metrics.json.gz"))) {
      return JsonMapper.shared().readTree(in);
    }
  }

  private static Reference reference(String... answers) {
    return new Reference("", List.of(answers));
  }

  private static double ofSet(Metric metric, List<String> answers, List<String> references) {
    var counts = new double[answers.size()][];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = metric.counts(reference(references.get(i)), answers.get(i));
    }
    return metric.value(PairedBootstrap.sum(counts));
  }

  @Test
  void bleuAndChrfAreSacrebleus() throws IOException {
    var golden = golden();
    var answers = new ArrayList<String>();
    var references = new ArrayList<String>();
    for (var pair : golden.get("pairs")) {
      var answer = pair.get(0).asString();
      var reference = pair.get(1).asString();
      answers.add(answer);
      references.add(reference);
      assertEquals(
          pair.get(2).asDouble() / 100,
          new Bleu().score(reference(reference), answer),
          1e-6,
          answer);
      assertEquals(
          pair.get(3).asDouble() / 100,
          new Chrf().score(reference(reference), answer),
          1e-6,
          answer);
    }
    assertEquals(1_000, answers.size());
    assertEquals(golden.get("bleu").asDouble() / 100, ofSet(new Bleu(), answers, references), 1e-6);
    assertEquals(golden.get("chrf").asDouble() / 100, ofSet(new Chrf(), answers, references), 1e-6);
  }

  @Test
  void theExampleOfTheField() {
    assertEquals(0.52976391, ofSet(new Bleu(), ANSWERS, REFERENCES), 1e-7);
    assertEquals(0.71613307, ofSet(new Chrf(), ANSWERS, REFERENCES), 1e-7);
    double[] bleu = {1, .63894310, .24096831, .15777685};
    double[] chrf = {1, .89467287, .60074713, .14621969};
    for (int i = 0; i < 4; i++) {
      var reference = reference(REFERENCES.get(i));
      assertEquals(bleu[i], new Bleu().score(reference, ANSWERS.get(i)), 1e-7);
      assertEquals(chrf[i], new Chrf().score(reference, ANSWERS.get(i)), 1e-7);
    }
  }

  @Test
  void macroF1IsScikitLearns() throws IOException {
    var golden = golden();
    var gold = golden.get("gold").valueStream().map(JsonNode::asString).toList();
    var given = golden.get("given").valueStream().map(JsonNode::asString).toList();
    assertTrue(given.contains("unknown"));
    assertEquals(golden.get("macro_f1").asDouble(), ofSet(new MacroF1(gold), given, gold), 1e-9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "About 95 you now get in . | 0.2682782411698074",
        "About 95 species are now agreed . | 0.5889995423074248",
        "About 95 species are currently agreed . | 0.5071608864657479"
      })
  void sariIsItsAuthors(String answer, double expected) {
    var reference =
        new Reference(
            "About 95 species are currently accepted .",
            List.of(
                "About 95 species are currently known .",
                "About 95 species are now accepted .",
                "95 species are now accepted ."));
    assertEquals(expected, new Sari().score(reference, answer), 1e-9);
  }

  @ParameterizedTest
  @CsvSource({"testing two, 0.8", "testing, 0.5", "nothing, 0"})
  void rougeL(String answer, double expected) {
    assertEquals(expected, new RougeL().score(reference("testing one two"), answer), 1e-9);
  }

  @Test
  void rougeRefusesOtherScripts() {
    assertThrows(UsageException.class, () -> new RougeL().score(reference("茶"), "tea"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"people\": 4, \"time\": \"8 pm\"} | 1",
        "{\"people\": 4.0, \"time\": \" 8 pm \", \"name\": null} | 1",
        "{\"people\": 5, \"time\": \"8 pm\"} | 0.5",
        "{\"people\": 4} | 0.6666666667",
        "{\"people\": 4, \"time\": \"8 pm\", \"name\": \"Li\"} | 0.8",
        "four people at eight | 0"
      })
  void slotF1(String answer, double expected) {
    var reference = reference("{\"people\": 4, \"time\": \"8 pm\"}");
    assertEquals(expected, new SlotF1().score(reference, answer), 1e-9);
  }

  @Test
  void nothingToExtractAndNothingExtractedIsRight() {
    assertEquals(1, new SlotF1().score(reference("{}"), "```json\n{}\n```"));
    assertEquals(0, new SlotF1().score(reference("{}"), "{\"a\": 1}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"name\": \"area\", \"arguments\": {\"base\": 10, \"height\": 5.0}} | ",
        "{\"name\": \"area\", \"arguments\": {\"base\": 10, \"height\": 5, \"unit\": \"UNITS\"}} |"
            + " ",
        "{\"name\": \"volume\", \"arguments\": {\"base\": 10, \"height\": 5.0}} | calls another"
            + " function",
        "{\"name\": \"area\", \"arguments\": {\"base\": 10}} | lacks height",
        "{\"name\": \"area\", \"arguments\": {\"base\": 10, \"height\": 5, \"depth\": 1}} | depth"
            + " is no parameter",
        "{\"name\": \"area\", \"arguments\": {\"base\": \"10\", \"height\": 5}} | base is of"
            + " another type",
        "{\"name\": \"area\", \"arguments\": {\"base\": 10.5, \"height\": 5}} | base is of another"
            + " type",
        "{\"name\": \"area\", \"arguments\": {\"base\": true, \"height\": 5}} | base is of another"
            + " type",
        "{\"name\": \"area\", \"arguments\": {\"base\": 11, \"height\": 5}} | base has another"
            + " value",
        "{\"name\": \"area\", \"arguments\": {\"base\": 10, \"height\": 5, \"unit\": \"miles\"}} |"
            + " unit has another value"
      })
  void toolCalls(String call, String objection) {
    var json = JsonMapper.shared();
    var schema =
        json.readTree(
            "{\"name\": \"area\", \"parameters\": {\"properties\": {\"base\": {\"type\":"
                + " \"integer\"}, \"height\": {\"type\": \"number\"}, \"unit\": {\"type\":"
                + " \"string\"}}, \"required\": [\"base\", \"height\"]}}");
    var accepted =
        json.readTree("{\"area\": {\"base\": [10], \"height\": [5], \"unit\": [\"units\", \"\"]}}");
    assertEquals(
        objection == null ? "" : objection,
        ToolCallMatch.objection(schema, accepted, json.readTree(call)).orElse(""));
  }

  @Test
  void aProgramMayScore() throws IOException {
    var metric =
        CommandMetric.start(
            "while read -r line; do case $line in *'\"answer\":\"tea\"'*) echo 0.75;; *) echo no;;"
                + " esac; done");
    assertEquals(0.75, metric.score(reference("pot"), "tea"));
    assertThrows(UsageException.class, () -> metric.score(reference("pot"), "cup"));
  }
}
