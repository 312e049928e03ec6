package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.tune.run.Plan;
import dev.hone.tune.run.Summary;
import dev.hone.tune.run.TuneRequest;
import dev.hone.tune.train.Evaluation;
import dev.hone.tune.train.Measured;
import dev.hone.tune.train.StepReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class TuneProgressTest {
  private long now;

  private static Plan plan(long done, long total) {
    return plan(done, total, Optional.empty());
  }

  private static Plan plan(long done, long total, Optional<Plan.Answers> answers) {
    return new Plan(
        1000,
        96_000,
        50_000,
        100,
        5_000,
        656_000,
        77_824,
        100,
        total,
        done,
        3e-4,
        50,
        answers,
        1_200_000_000L,
        8_000_000_000L,
        OptionalLong.of(9_400_000_000L),
        Map.of(),
        83,
        4321);
  }

  private StepReport step(long step, long total, double seconds) {
    now += (long) (seconds * 1e9);
    return new StepReport(step, total, 1, 2.5, 0.5, 1, 1e-4, 500, 1000, seconds);
  }

  private static Measured measured(double loss, long correct) {
    return new Measured(new Evaluation(loss, 1000, correct, 3000), OptionalDouble.empty());
  }

  private List<String> lines(TestShell shell) {
    return shell.err().lines().toList();
  }

  @Test
  void withoutATerminalLinesComeNowAndThen() {
    var shell = new TestShell();
    try (var progress =
        new TuneProgress(new PlainProgress(shell.shell().err(), () -> now), () -> now)) {
      progress.planned(plan(0, 1000));
      for (int i = 1; i <= 1000; i++) {
        progress.stepped(step(i, 1000, 2));
      }
    }

    var steps = lines(shell).stream().filter(line -> line.startsWith("step ")).toList();
    assertEquals(
        "step 5 of 1,000: epoch 1, loss 2.5000, 500 tokens/s, 33 m 10 s left", steps.getFirst());
    assertEquals("step 1,000 of 1,000: epoch 1, loss 2.5000, 500 tokens/s", steps.getLast());
    assertTrue(steps.size() > 40 && steps.size() < 90, steps.size() + " lines for 33 minutes");
    assertFalse(shell.err().contains("\r"));
    assertFalse(shell.err().contains("\033"));
  }

  @Test
  void aQuickRunShowsAFewLinesToo() {
    var shell = new TestShell();
    try (var progress =
        new TuneProgress(new PlainProgress(shell.shell().err(), () -> now), () -> now)) {
      progress.planned(plan(0, 100));
      for (int i = 1; i <= 100; i++) {
        progress.stepped(step(i, 100, 0.1));
      }
    }

    assertEquals(10, lines(shell).stream().filter(line -> line.startsWith("step ")).count());
  }

  @Test
  void aResumedRunCountsItsOwnPaceOnly() {
    var shell = new TestShell();
    try (var progress =
        new TuneProgress(new PlainProgress(shell.shell().err(), () -> now), () -> now)) {
      progress.planned(plan(900, 1000));
      progress.stepped(step(901, 1000, 20));
      assertEquals(901, progress.step());
    }

    assertTrue(shell.err().contains("1,000, 100 per epoch; 900 of them done"), shell.err());
    assertTrue(shell.err().endsWith("33 m 00 s left\n"), shell.err());
  }

  @Test
  void evaluationsArePhrasedByWhen() {
    var shell = new TestShell();
    try (var progress =
        new TuneProgress(new PlainProgress(shell.shell().err(), () -> now), () -> now)) {
      progress.phase("checking the data");
      progress.planned(plan(0, 100));
      progress.evaluated(0, measured(5615, 125), false);
      progress.stepped(step(1, 100, 20));
      progress.evaluated(1, measured(3214, 456), true);
      progress.note("something");
    }

    assertEquals("checking the data …", lines(shell).getFirst());
    assertTrue(
        lines(shell).contains("before training: held-out loss 5.6150, token accuracy 12.5 %"),
        shell.err());
    assertTrue(
        lines(shell)
            .contains(
                "step 1 of 100: epoch 1, loss 2.5000, held-out 5.6150, 50.0 tokens/s, 33 m 00 s"
                    + " left"),
        shell.err());
    assertTrue(
        lines(shell)
            .contains("step 1: held-out loss 3.2140, token accuracy 45.6 %, the best so far"),
        shell.err());
    assertEquals("note: something", lines(shell).getLast());
  }

  @Test
  void aMetricIsPlannedAndShown() throws IOException {
    var shell = new TestShell();
    var answers = Optional.of(new Plan.Answers("exact", 64, 3));
    try (var progress =
        new TuneProgress(new PlainProgress(shell.shell().err(), () -> now), () -> now)) {
      progress.planned(plan(0, 100, answers));
      var heldOut = measured(5615, 125).evaluation();
      progress.evaluated(0, new Measured(heldOut, OptionalDouble.of(0.125)), false);
    }

    assertTrue(
        lines(shell)
            .contains("  answers        64 at each evaluation, about 3.0 s, measured by exact"),
        shell.err());
    assertTrue(
        lines(shell)
            .contains("before training: held-out loss 5.6150, token accuracy 12.5 %, exact 12.5 %"),
        shell.err());
    new TuneResult(tuneRequest("--out", "o"), summary("lora", Optional.of("exact")))
        .print(shell.shell().out());
    assertTrue(
        shell.out().contains("held-out answers, exact            12.0 %  50.0 %  +38.0 points"),
        shell.out());
  }

  @Test
  void onATerminalOneLineChangesInPlace() {
    var bytes = new ByteArrayOutputStream();
    var display = new LiveProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> 100);
    try (var progress = new TuneProgress(display, () -> now)) {
      progress.planned(plan(0, 3));
      for (int i = 1; i <= 3; i++) {
        progress.stepped(step(i, 3, 1));
      }
      progress.evaluated(3, measured(3214, 456), true);
    }

    var shown = bytes.toString(StandardCharsets.UTF_8);
    var last = shown.substring(shown.lastIndexOf('\r'));
    assertTrue(last.contains("3/3") && last.contains("loss 2.5000, held-out 3.2140"), last);
    assertTrue(last.endsWith(System.lineSeparator()), "the line is ended: " + last);
    var visible = last.replaceAll("\033\\[[0-9;]*[A-Za-z]", "").strip();
    assertTrue(visible.length() < 100, visible);
  }

  @Test
  void thePlanIsATable() {
    assertEquals(
        """
        plan
          rows           1,000
          tokens         96,000, 50,000 of them trained
          held out       100 rows, 5,000 targets
          steps          1,000, 100 per epoch
          learning rate  0.0003 at its peak
          parameters     77,824 trained, 656,000 in the model
          memory         1.2 GB estimated, 8.0 GB available
          recomputation  on; without it the run would need 9.4 GB
          time           about 1 m 23 s, at 4,321 tokens/s
        """
            .stripTrailing(),
        String.join("\n", new PlanTable(plan(0, 1000)).lines()));
  }

  @Test
  void theResultSaysWhatWasGainedAndWhatToDoNext() throws IOException {
    var request = tuneRequest("--valid", "v.jsonl", "--out", "runs/first");
    var shell = new TestShell();
    new TuneResult(request, summary("lora")).print(shell.shell().out());

    var out = shell.out();
    assertTrue(
        out.contains(
            "done in 1 m 23 s: 300 steps, 96,000 tokens learned, 4,321 tokens/s, the best at step"
                + " 250"),
        out);
    assertTrue(
        out.contains("held-out loss                      5.6150  3.2140       -42.8 %"), out);
    assertTrue(
        out.contains("held-out token accuracy            12.0 %  45.6 %  +33.6 points"), out);
    assertTrue(out.contains("time         1 m 20 s  1 m 23 s"), out);
    assertTrue(out.contains("  hone chat --base b --adapter runs/first\n"), out);
    assertTrue(out.contains("  hone eval --base b --adapter runs/first --data v.jsonl\n"), out);
    assertTrue(
        out.contains("  hone merge --base b --adapter runs/first --out runs/first-merged\n"), out);
  }

  @Test
  void aFullyTrainedModelIsUsedWithoutAdapter() throws IOException {
    var request = tuneRequest("--method", "full", "--out", "runs/full");
    var shell = new TestShell();
    new TuneResult(request, summary("full")).print(shell.shell().out());

    assertTrue(shell.out().contains("  hone chat --base runs/full\n"), shell.out());
    assertTrue(
        shell.out().contains("  hone eval --base runs/full --data runs/full/valid.jsonl\n"),
        shell.out());
    assertFalse(shell.out().contains("merge"));
  }

  private static TuneRequest tuneRequest(String... more) throws IOException {
    var args = new java.util.ArrayList<>(List.of("tune", "--base", "b", "--data", "d.jsonl"));
    args.addAll(List.of(more));
    var parsed = Main.commandLine(new TestShell().shell()).parseArgs(args.toArray(String[]::new));
    return ((TuneCommand) parsed.subcommand().commandSpec().userObject()).request();
  }

  private static Summary summary(String method) {
    return summary(method, Optional.empty());
  }

  private static Summary summary(String method, Optional<String> metric) {
    return new Summary(
        method,
        Path.of("b").toString(),
        Map.of(),
        1000,
        100,
        300,
        250,
        false,
        5.615,
        3.214,
        274.5,
        24.9,
        0.12,
        0.456,
        1.8,
        1.85,
        metric,
        metric.map(name -> OptionalDouble.of(0.12)).orElse(OptionalDouble.empty()),
        metric.map(name -> OptionalDouble.of(0.5)).orElse(OptionalDouble.empty()),
        96_000,
        120_000,
        4321,
        3000,
        70,
        83,
        80,
        1_100_000_000L,
        1_200_000_000L,
        "f");
  }

  @Test
  void theFirstInterruptAsksTheRunToStop() {
    var asked = new int[1];
    try (var interrupt = Interrupt.listen(() -> asked[0]++)) {
      assertFalse(interrupt.getAsBoolean());
      interrupt.ask();
      assertTrue(interrupt.getAsBoolean());
      assertEquals(1, asked[0]);
    }
  }
}
