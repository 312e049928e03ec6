package dev.hone.tune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataGateTest {
  private static final int MAX_LENGTH = 40;
  @TempDir Path directory;

  /// code ; part of the message ; row, which stands between good ones on line 3. `'` stands for
  /// `"`.
  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          invalid_json        ; expected close marker ; {'prompt':'a'
          unknown_role        ; messages[0].role      ; {'messages':[{'role':'bot','content':'a'}]}
          empty_answer        ; completion: is empty  ; {'prompt':'a','completion':''}
          empty_answer        ; completion: is empty  ; {'prompt':'a','completion':' \\n'}
          empty_answer        ; text: is empty        ; {'text':''}
          empty_answer        ; messages[1].content   ; {'messages':[{'role':'user','content':'a'},{'role':'assistant','content':''}]}
          no_trained_token    ; no assistant message  ; {'messages':[{'role':'user','content':'a'}]}
          no_trained_token    ; no assistant message  ; {'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b','weight':0}]}
          answer_cut_away     ; has 49 tokens, and with --max-length 40 no trained token is left ; {'prompt':'0123456789012345678901234567890123456789','completion':'abcdef'}
          refused_by_template ; must speak first      ; {'messages':[{'role':'assistant','content':'b'}]}
          answer_shortened    ; has 48 tokens, and --max-length 40 cuts away 8 of 42 trained tokens ; {'prompt':'0123','completion':'01234567890123456789012345678901234567890'}
          duplicate           ; repeats an earlier row ; {'completion':'answer 0', 'id':9, 'prompt':'question 0'}
          contradiction       ; another answer        ; {'prompt':'question 0','completion':'no'}
          mixed_shapes        ; another shape         ; {'text':'a'}
          ignored_field       ; messages[0].cot       ; {'messages':[{'role':'user','content':'a','cot':'x'},{'role':'assistant','content':'b'}]}
          """)
  void whatIsWrongIsFoundWithItsLine(String code, String message, String row) throws IOException {
    var file =
        TestRows.write(
            directory,
            "a.jsonl",
            TestRows.row(0) + "\n" + row.replace('\'', '"') + "\n" + TestRows.row(1));
    var report = gate().check(file);
    var found =
        report.findings().stream().filter(f -> f.problem().check().code().equals(code)).toList();
    assertEquals(1, found.size(), report.toString());
    assertEquals(3, found.getFirst().line());
    assertTrue(found.getFirst().text().contains(message), found.getFirst().text());
    boolean isError = Check.valueOf(code.toUpperCase(java.util.Locale.ROOT)).isError();
    assertEquals(isError ? 2 : 3, report.training().rows(), "a row with an error is not handed on");
    assertEquals(isError, report.isRefused());
  }

  @Test
  void goodFileHasTotalsAndNoFinding() throws IOException {
    var report = gate().check(TestRows.distinct(directory, "a.jsonl", 60));
    assertEquals(Set.of(), report.counts().keySet());
    long answerTokens = 10 * "answer 1".length() + 50 * "answer 10".length() + 60;
    long promptTokens = 10 * "question 1".length() + 50 * "question 10".length() + 2 * 60;
    assertEquals(
        new Totals(60, 60, promptTokens + answerTokens, answerTokens, answerTokens - 60, 23, 11),
        report.training());
    report.refuseErrors();
  }

  @Test
  void emptyFileAndFileOfBlankLinesAreRefused() throws IOException {
    for (var content : List.of("", "\n \n")) {
      var report = gate().check(TestRows.write(directory, "a.jsonl", content));
      assertEquals(Set.of(Check.EMPTY_FILE), report.counts().keySet());
    }
    var csv = gate().check(TestRows.write(directory, "a.csv", "prompt,completion\n"));
    assertTrue(csv.isRefused());
  }

  @Test
  void singleRowIsRefusedAndFewRowsAreWarnedOf() throws IOException {
    assertEquals(
        Set.of(Check.TOO_FEW_ROWS),
        codes(gate().check(TestRows.distinct(directory, "a.jsonl", 1))));
    assertEquals(
        Set.of(Check.FEW_ROWS), codes(gate().check(TestRows.distinct(directory, "a.jsonl", 2))));
    assertEquals(
        Set.of(Check.FEW_ROWS), codes(gate().check(TestRows.distinct(directory, "a.jsonl", 49))));
    assertEquals(Set.of(), codes(gate().check(TestRows.distinct(directory, "a.jsonl", 50))));
  }

  @Test
  void heldOutRowsThatAreTrainedOnAreRefused() throws IOException {
    var train = TestRows.distinct(directory, "train.jsonl", 60);
    var valid =
        TestRows.write(
            directory,
            "valid.jsonl",
            TestRows.row(99)
                + TestRows.row(7)
                + "{\"prompt\":\"question 8\",\"completion\":\"other\"}\n");
    var report = gate().check(train, valid, ExampleSink.NONE, ExampleSink.NONE);
    assertEquals(
        Set.of(Check.HELD_OUT_IN_TRAINING, Check.HELD_OUT_QUESTION_IN_TRAINING), codes(report));
    assertEquals(List.of(2L, 3L), report.findings().stream().map(Finding::line).toList());
    assertTrue(report.findings().stream().allMatch(f -> f.file().equals(valid.file())));
    assertEquals(3, report.heldOut().rows());
  }

  @Test
  void heldOutFileIsCheckedLikeTheTrainingFile() throws IOException {
    var train = TestRows.distinct(directory, "train.jsonl", 60);
    var broken = TestRows.write(directory, "valid.jsonl", "{\"text\":3}\n");
    assertEquals(
        Set.of(Check.WRONG_VALUE),
        codes(gate().check(train, broken, ExampleSink.NONE, ExampleSink.NONE)));
    var empty = TestRows.write(directory, "valid.jsonl", "");
    assertEquals(
        Set.of(Check.EMPTY_FILE),
        codes(gate().check(train, empty, ExampleSink.NONE, ExampleSink.NONE)));
  }

  @Test
  void oneHeldOutRowIsEnoughToEvaluate() throws IOException {
    var report = gate().checkHeldOut(TestRows.distinct(directory, "a.jsonl", 1), ExampleSink.NONE);
    assertEquals(Set.of(), codes(report));
    assertEquals(1, report.heldOut().rows());
  }

  @Test
  void refusalNamesTheFirstLinesAndTheCount() throws IOException {
    var report = gate().check(TestRows.write(directory, "a.jsonl", "nonsense\n".repeat(12)));
    assertEquals(12, report.count(Check.INVALID_JSON));
    var kept =
        report.findings().stream().filter(f -> f.problem().check() == Check.INVALID_JSON).count();
    assertEquals(GateReport.FINDINGS_PER_CHECK, kept);
    var message = assertThrows(UsageException.class, report::refuseErrors).getMessage();
    assertTrue(message.startsWith("the data gate found 12 errors"), message);
    assertTrue(message.contains("line 5") && !message.contains("line 6"), message);
    assertTrue(message.contains("and 7 more"), message);
  }

  @Test
  void refusalOfOneErrorIsOneLine() throws IOException {
    var report = gate().check(TestRows.write(directory, "a.jsonl", TestRows.row(1) + "[]\n"));
    var refusal = assertThrows(UsageException.class, report::refuseErrors);
    assertEquals(1, refusal.getMessage().lines().count());
    assertTrue(
        refusal.getMessage().contains("a.jsonl, line 2: expected a JSON object"),
        refusal.getMessage());
    assertEquals(Check.UNKNOWN_SHAPE.hint(), refusal.hint());
  }

  @Test
  void cutRowsKeepTheirFirstTokensAndTheirShareOfBytes() throws IOException {
    var kept = new ArrayList<Example>();
    var gate = new DataGate(new ByteRenderer(), 7, false);
    var row = "{\"prompt\":\"q\",\"completion\":\"abcdefg\"}\n";
    var file = TestRows.write(directory, "a.jsonl", row);
    gate.check(file, Split.NONE, (_, examples) -> kept.addAll(examples), ExampleSink.NONE);
    var example = kept.getFirst();
    assertEquals(7, example.length());
    assertEquals(4, example.trainedTokens());
    assertEquals(4, example.targetBytes(), "7 bytes, 4 of 8 targets: 3.5 is rounded");
  }

  @Test
  void aLongTextGoesOnInFurtherExamples() throws IOException {
    var gate = new DataGate(new ByteRenderer(), 5, false);
    var report = gate.check(TestRows.write(directory, "a.jsonl", "{\"text\":\"abcdefg\"}\n"));
    assertEquals(2, report.training().examples());
    assertEquals(8, report.training().trainedTokens());
    assertEquals(7, report.training().targetBytes());
    assertEquals(0, report.counts().getOrDefault(Check.ANSWER_SHORTENED, 0L));
  }

  @Test
  void trainingOnPromptsTrainsAllButTheFirstToken() throws IOException {
    var gate = new DataGate(new ByteRenderer(), MAX_LENGTH, true);
    var totals = gate.check(TestRows.distinct(directory, "a.jsonl", 50)).training();
    assertEquals(totals.tokens() - 50, totals.trainedTokens());
    assertEquals(totals.trainedTokens() - 100, totals.targetBytes());
  }

  @Test
  void weightsAndCallIdsDoNotHideADuplicate() throws IOException {
    var call =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\",%s\"tool_calls\":[{\"id\":\"%s\",\"function\":{\"name\":\"f\",\"arguments\":\"%s\"}}]}]}\n";
    var rows =
        call.formatted("", "c1", "{\\\"a\\\": 1}")
            + call.formatted("\"weight\":1,", "c2", "{\\\"a\\\":1}");
    assertEquals(
        1, gate().check(TestRows.write(directory, "a.jsonl", rows)).count(Check.DUPLICATE));
  }

  @Test
  void partsOfRowsAreNotRunTogether() throws IOException {
    var rows =
        "{\"prompt\":\"ab\",\"completion\":\"c\"}\n{\"prompt\":\"a\",\"completion\":\"bc\"}\n";
    assertEquals(
        0, gate().check(TestRows.write(directory, "a.jsonl", rows)).count(Check.DUPLICATE));
  }

  @Test
  void everyCheckHasAHintAndALineInTheManual() throws IOException {
    var manual = Files.readString(Path.of("../docs/data-format.md"));
    for (var check : Check.values()) {
      assertFalse(check.hint().isBlank(), check.code());
      var section =
          manual.substring(manual.indexOf(check.isError() ? "### Errors" : "### Warnings"));
      assertTrue(section.contains("| `%s` |".formatted(check.code())), check.code());
    }
  }

  @Test
  void maxLengthBelowTwoIsRefused() {
    assertThrows(UsageException.class, () -> new DataGate(new ByteRenderer(), 1, false));
  }

  private static DataGate gate() {
    return new DataGate(new ByteRenderer(), MAX_LENGTH, false);
  }

  private static Set<Check> codes(GateReport report) {
    return report.findings().stream()
        .map(f -> f.problem().check())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
