package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.agent.AgentResult;
import dev.hone.agent.AgentScore;
import dev.hone.agent.MadeCall;
import dev.hone.agent.Outcome;
import dev.hone.agent.RecordedCall;
import dev.hone.agent.Recording;
import dev.hone.agent.Run;
import dev.hone.agent.Run.Ending;
import dev.hone.agent.Turn;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.model.text.ToolCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `hone eval --metric agent`: its report, and a run on the tiny base of PEFT's golden files.
class AgentReportTest {
  private static final String GOLDEN = "../model/src/test/resources/golden/peft/";
  private static final Turn TURN =
      new Turn(
          new Conversation(List.of(Message.user("Tea?"))),
          List.of(new RecordedCall(new ToolCall("c", "stock", Map.of()), "12")),
          2);

  @TempDir private Path dir;

  private static Run run(boolean isRight) {
    return isRight
        ? new Run(
            TURN,
            List.of(new MadeCall("stock", "{}", Outcome.RIGHT, "12")),
            false,
            2,
            "Twelve.",
            Ending.ANSWERED,
            "")
        : new Run(TURN, List.of(), true, 1, "Much.", Ending.ANSWERED, "");
  }

  private static AgentScore score(int right, int of) {
    return new AgentScore(IntStream.range(0, of).mapToObj(i -> List.of(run(i < right))).toList());
  }

  private static List<String> lines(AgentScore base, Optional<AgentScore> adapted) {
    return lines(base, Optional.empty(), adapted);
  }

  private static List<String> lines(
      AgentScore base, Optional<AgentScore> prompted, Optional<AgentScore> adapted) {
    var recordings =
        IntStream.range(0, base.conversations().size())
            .mapToObj(i -> new Recording(i + 1, List.of(TURN)))
            .toList();
    return new AgentReport(new AgentResult(recordings, base, prompted, adapted, 1)).lines();
  }

  @Test
  void whatTuningChangedIsSaid() {
    var lines = lines(score(2, 40), Optional.of(score(30, 40)));
    assertEquals("40 conversations, 40 turns, 40 calls recorded", lines.getFirst());
    assertTrue(
        lines.stream()
            .anyMatch(
                line -> line.matches("conversations right +5.0 % +75.0 % \\(\\+70.0 points\\)")),
        lines::toString);
    assertTrue(
        lines.stream().anyMatch(line -> line.matches("no call where one is due +38 +10 \\(-28\\)")),
        lines::toString);
    assertTrue(
        lines
            .getLast()
            .matches(
                "Here tuning makes it better: \\+70.0 points of the conversations right \\(95 %"
                    + " sure: \\+5\\d.\\d to \\+8\\d.\\d\\); most changed: no call where one is"
                    + " due, -28."),
        lines.getLast());
    assertTrue(lines.get(lines.size() - 3).startsWith("For agents, "), lines::toString);
  }

  @Test
  void whatChanceMayHaveDoneIsNoChange() {
    var last = lines(score(2, 20), Optional.of(score(4, 20))).getLast();
    assertTrue(
        last.startsWith("Here tuning changes nothing that 20 conversations can show: +10.0"), last);
    assertTrue(
        lines(score(30, 40), Optional.of(score(2, 40)))
            .getLast()
            .startsWith("Here tuning makes it worse: -70.0"));
    assertTrue(lines(score(1, 2), Optional.empty()).getLast().contains("--adapter"));
  }

  @Test
  void aPromptIsMeasuredBesideTuning() {
    var lines = lines(score(2, 40), Optional.of(score(30, 40)), Optional.of(score(8, 40)));
    assertTrue(
        lines.stream()
            .anyMatch(line ->
                line.matches(
                    "conversations right +5.0 % +75.0 % \\(\\+70.0 points\\) +20.0 % \\(\\+15.0"
                        + " points\\)")),
        lines::toString);
    var last = lines.subList(lines.size() - 3, lines.size());
    assertTrue(last.get(0).startsWith("Here the prompt makes it better: +70.0"), last::toString);
    assertTrue(last.get(1).startsWith("Here tuning makes it better: +15.0"), last::toString);
    assertTrue(
        last.get(2).startsWith("Beside the prompt, tuning makes it worse: -55.0"), last::toString);
  }

  private Path rows() throws IOException {
    var row =
        "{'tools':[{'name':'stock','parameters':{'type':'object','properties':{}}}],'messages':[{'role':'user','content':'abc'},{'role':'assistant','tool_calls':[{'id':'c','function':{'name':'stock','arguments':'{}'}}]},{'role':'tool','tool_call_id':'c','content':'12'},{'role':'assistant','content':'Twelve.'}]}\n";
    return Files.writeString(dir.resolve("rows.jsonl"), row.replace('\'', '"'));
  }

  private TestShell eval(int code, String... more) throws IOException {
    var words =
        new ArrayList<>(List.of("eval", "--base", GOLDEN + "base", "--data", rows().toString()));
    words.addAll(List.of(more));
    var shell = new TestShell();
    assertEquals(code, shell.hone(words.toArray(String[]::new)), shell.err());
    return shell;
  }

  @Test
  void baseAndAdapterAreMeasuredOnTheSameRows() throws IOException {
    var answers = dir.resolve("answers.jsonl");
    var shell =
        eval(
            0,
            "--metric",
            "agent",
            "--adapter",
            GOLDEN + "all_linear",
            "--system",
            "cab",
            "--max-tokens",
            "12",
            "--threads",
            "1",
            "--answers",
            answers.toString(),
            "--json");
    var report = JsonMapper.shared().readTree(shell.out());
    assertEquals(1, report.get("recorded_calls").asInt());
    for (var model : List.of("base", "system", "adapter")) {
      assertEquals(0, report.get(model).get("conversations_right").asDouble());
      assertEquals(1, report.get(model).get("no_call").asInt());
    }
    assertEquals(3, report.get("adapter").get("gain").size());
    assertEquals(3, Files.readAllLines(answers).size());
  }

  @Test
  void optionsOfOtherMetricsAreRefused() throws IOException {
    assertTrue(
        eval(2, "--metric", "agent", "--base-dtype", "int8").err().contains("has no effect"));
    assertTrue(eval(2, "--system", "cab").err().contains("has no effect"));
    assertTrue(eval(2, "--max-steps", "3").err().contains("has no effect"));
  }
}
