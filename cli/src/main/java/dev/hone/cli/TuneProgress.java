package dev.hone.cli;

import dev.hone.tensor.Stopwatch;
import dev.hone.tune.data.Check.Severity;
import dev.hone.tune.data.GateReport;
import dev.hone.tune.run.Plan;
import dev.hone.tune.run.TuneListener;
import dev.hone.tune.train.Measured;
import dev.hone.tune.train.StepReport;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/// Shows a run on standard error: its phases, what the gate found, the plan, and then how training
/// goes.
final class TuneProgress implements TuneListener, AutoCloseable {
  private final ProgressDisplay display;
  private final LongSupplier nanoTime;
  private String phase = "";
  private long phaseBegun;
  private boolean isCounting;
  private long begun;
  private long stepsBefore;
  private long step;
  private long totalSteps;
  private int epoch;
  private MovingAverage loss = MovingAverage.forSteps(0);
  private MovingAverage speed = MovingAverage.forSteps(0);
  private Optional<Stopwatch> times = Optional.empty();
  private Optional<String> metric = Optional.empty();
  private OptionalDouble heldOutLoss = OptionalDouble.empty();

  TuneProgress(ProgressDisplay display, LongSupplier nanoTime) {
    this.display = display;
    this.nanoTime = nanoTime;
  }

  static TuneProgress on(Shell shell) throws IOException {
    return new TuneProgress(ProgressDisplay.on(shell), System::nanoTime);
  }

  /// Steps taken.
  long step() {
    return step;
  }

  /// Steps of the whole run, as planned; 0 before.
  long totalSteps() {
    return totalSteps;
  }

  @Override
  public void phase(String name) {
    if (step > stepsBefore || isCounting) {
      display.close();
    }
    phase = name;
    phaseBegun = nanoTime.getAsLong();
    isCounting = false;
    display.line(name + " …");
  }

  @Override
  public void note(String text) {
    display.line("note: " + text);
  }

  @Override
  public void checked(GateReport report) {
    if (report.warnings() > 0) {
      display.line(Numbers.count(report.warnings(), "warning") + " about the data:");
      report.lines(Severity.WARNING).forEach(line -> display.line("  " + line));
    }
  }

  @Override
  public void planned(Plan plan) {
    new PlanTable(plan).lines().forEach(display::line);
    stepsBefore = plan.stepsDone();
    step = plan.stepsDone();
    totalSteps = plan.totalSteps();
    metric = plan.answers().map(Plan.Answers::metric);
    loss = MovingAverage.forSteps(totalSteps);
    speed = MovingAverage.forSteps(totalSteps);
    display.begin("training", stepsBefore, totalSteps);
  }

  @Override
  public void stepped(StepReport report) {
    if (step == stepsBefore) {
      begun = nanoTime.getAsLong() - (long) (report.seconds() * 1e9);
    }
    step = report.step();
    loss.add(report.loss(), report.trainedTokens());
    speed.add(report.tokens() / report.seconds(), report.seconds());
    epoch = report.epoch();
    show();
  }

  private void show() {
    display.show(
        new Progress(
            "step",
            step,
            totalSteps,
            measures(),
            secondsLeft(begun, step - stepsBefore, totalSteps - step)));
  }

  /// `epoch 1, loss 2.3451, held-out 2.5120, 4,321 tokens/s`
  private String measures() {
    var text = new StringBuilder("epoch %d, loss %s".formatted(epoch, Numbers.loss(loss.value())));
    heldOutLoss.ifPresent(value -> text.append(", held-out ").append(Numbers.loss(value)));
    return text.append(", ").append(Numbers.rate(speed.value())).append(" tokens/s").toString();
  }

  /// At the pace of this process so far, evaluations and checkpoints included.
  private double secondsLeft(long since, long done, long left) {
    return (nanoTime.getAsLong() - since) / 1e9 / done * left;
  }

  @Override
  public void progressed(String unit, long done, long total) {
    if (!isCounting) {
      display.begin(phase, 0, total);
      isCounting = true;
    }
    display.show(new Progress(unit, done, total, "", secondsLeft(phaseBegun, done, total - done)));
  }

  @Override
  public void evaluated(long step, Measured heldOut, boolean isBest) {
    var evaluation = heldOut.evaluation();
    heldOutLoss = OptionalDouble.of(evaluation.loss());
    var when = step == stepsBefore ? "before training" : "step " + Numbers.count(step);
    display.line(
        "%s: held-out loss %s, token accuracy %s%s%s"
            .formatted(
                when,
                Numbers.loss(evaluation.loss()),
                Numbers.percent(evaluation.tokenAccuracy()),
                score(heldOut),
                isBest && step > stepsBefore ? ", the best so far" : ""));
    if (this.step > stepsBefore) {
      show();
    }
  }

  /// `, exact 43.0 %`, where answers are measured.
  private String score(Measured heldOut) {
    return metric
        .map(name -> ", %s %s".formatted(name, Numbers.percent(heldOut.metric().orElseThrow())))
        .orElse("");
  }

  @Override
  public void profiled(Stopwatch stopwatch) {
    times = Optional.of(stopwatch);
  }

  /// Where the time of training went; empty before its end.
  Optional<Stopwatch> times() {
    return times;
  }

  @Override
  public void close() {
    display.close();
  }
}
