package dev.hone.ladder.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.ladder.statistics.PairedBootstrap;
import dev.hone.model.UsageException;
import dev.hone.rag.embed.OnnxEmbedder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  /// ROUGE is computed in float32 there.
  @Test
  void similarityIsThatOfTheFieldsPrograms() throws IOException {
    var golden = golden();
    var metrics =
        List.of(
            new Gleu(),
            new RougeN(1),
            new RougeN(2),
            new RougeN(3),
            new RougeN(4),
            new RougeN(5),
            new RougeL(),
            new FuzzyMatch());
    int compared = 0;
    for (int i = 0; i < golden.get("pairs").size(); i++) {
      var answer = golden.at("/pairs/%d/0".formatted(i)).asString();
      var reference = golden.at("/pairs/%d/1".formatted(i)).asString();
      boolean isRouge = !RougeL.words(reference).isEmpty(); // refused otherwise
      for (int j = 0; j < metrics.size(); j++) {
        if (isRouge || j == 0 || j == metrics.size() - 1) {
          var expected = golden.at("/similarity/%d/%d".formatted(i, j)).asDouble();
          var actual = metrics.get(j).score(reference(reference), answer);
          assertEquals(expected, actual, 1e-6, () -> answer + " | " + reference);
          compared++;
        }
      }
    }
    assertTrue(compared > 7_000, "only " + compared);
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
      quoteCharacter = '`',
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
    assertThrows(UsageException.class, () -> new RougeN(2).score(reference("茶"), "tea"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
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
      quoteCharacter = '`',
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

  private static final List<Map<String, Object>> TOOLS =
      List.of(
          Map.of(
              "type",
              "function",
              "function",
              Map.of(
                  "name",
                  "order",
                  "parameters",
                  Map.of(
                      "properties",
                      Map.of(
                          "item", Map.of("type", "string"),
                          "count", Map.of("type", "integer"),
                          "to", Map.of("type", "dict")),
                      "required",
                      List.of("item")))));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'name':'order','arguments':{'item':'Tea','count':2}}|1",
        "{'name':'order','arguments':{'count':2,'item':'te_a'}}|1",
        "<tool_call>{'name':'order','arguments':{'item':'Tea','count':2}}</tool_call>|1",
        "[{'name':'order','arguments':{'item':'Tea','count':2}}]|1",
        "{'name':'order','arguments':{'item':'Tea','count':2.5}}|0",
        "{'name':'order','arguments':{'item':'Tea','count':'2'}}|0",
        "{'name':'order','arguments':{'item':'Tea'}}|0",
        "{'name':'order','arguments':{'item':'Tea','count':2,'to':{}}}|0",
        "{'name':'buy','arguments':{'item':'Tea','count':2}}|0",
        "[{'name':'order','arguments':{'item':'Tea','count':2}},{'name':'order','arguments':{}}]|0",
        "order tea|0",
        "[]|0"
      })
  void aToolCallIsComparedByItsTree(String answer, int score) {
    var own = "{\"name\":\"order\",\"arguments\":{\"item\":\"tea\",\"count\":2}}";
    var reference = new Reference("", List.of(own), TOOLS);
    var metric = new ToolCalls();
    assertEquals(score, metric.score(reference, answer.replace('\'', '"')));
    assertEquals(score == 0, metric.objection(reference, answer.replace('\'', '"')).isPresent());
  }

  @Test
  void severalCallsMayComeInAnyOrder() {
    var one = "{\"name\":\"order\",\"arguments\":{\"item\":\"tea\",\"to\":{\"city\":\"Ulm\"}}}";
    var two = "{\"name\":\"order\",\"arguments\":{\"item\":\"pot\"}}";
    var reference = new Reference("", List.of("[" + one + "," + two + "]"), TOOLS);
    assertEquals(1, new ToolCalls().score(reference, "[" + two + "," + one + "]"));
    assertEquals(0, new ToolCalls().score(reference, "[" + two + "," + two + "]"));
    assertEquals(
        0, new ToolCalls().score(reference, "[" + two + "," + one.replace("Ulm", "Bonn") + "]"));
  }

  @Test
  void aRefusalIsRightWhereTheRowRefuses() {
    var refused = new Refusals();
    assertEquals(1, refused.score(reference("I don’t know."), "The passage does not say."));
    assertEquals(0, refused.score(reference("I don't know."), "42"));
    assertEquals(0, refused.score(reference("42"), ""));
    assertEquals(1, refused.score(reference("42"), "41"));
  }

  @Test
  void objectsAreTheSameWithTheSameFields() {
    var same = new SameObject();
    var reference = reference("{\"a\": 1, \"b\": [\"x\", \"x\"]}");
    assertEquals(1, same.score(reference, "{\"b\":[\"x\",\"x\"],\"a\":1.0}"));
    assertEquals(0, same.score(reference, "{\"b\":[\"x\"],\"a\":1}"));
    assertEquals(
        "lacks a=1, has c=2",
        new SlotF1().objection(reference, "{\"b\":[\"x\",\"x\"],\"c\":2}").orElseThrow());
    assertEquals(1, new ValidJson().score(reference, "{}"));
    assertEquals(0, new ValidJson().score(reference, "{"));
  }

  @Test
  void similarityIsNothingForOthersAndOneForTheSame() {
    try (var embedder = OnnxEmbedder.open(1)) {
      var answers =
          List.of("Your parcel is on its way.", "We are open from nine.", "Tea is a plant.");
      var similarity = new Similarity(embedder, answers);
      var reference = reference(answers.getFirst());
      assertEquals(1, similarity.score(reference, answers.getFirst()), 1e-6);
      double near = similarity.score(reference, "The package has been sent to you.");
      double far = similarity.score(reference, "Lemons are yellow.");
      assertTrue(near > 0.4 && far < 0.3, near + " and " + far);
      assertTrue(similarity.score(reference, "word ".repeat(3_000)) < near);
    }
  }

  /// A user's own.
  public static final class Short implements Metric {
    @Override
    public String name() {
      return "short";
    }

    @Override
    public boolean isPassFail() {
      return true;
    }

    @Override
    public double score(Reference reference, String answer) {
      return answer.length() < 10 ? 1 : 0;
    }
  }

  @Test
  void aClassOfTheUsersMeasures() throws Exception {
    var classes = Path.of(Short.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    var metric = ClassMetric.load(classes + ":" + Short.class.getName());
    assertEquals(1, metric.score(reference("x"), "brief"));
    for (var wrong :
        List.of("nothing", "no.jar:A", classes + ":A", classes + ":java.lang.String")) {
      assertThrows(UsageException.class, () -> ClassMetric.load(wrong), wrong);
    }
  }
}
