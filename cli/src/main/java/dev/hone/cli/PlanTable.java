package dev.hone.cli;

import dev.hone.tune.run.Plan;
import java.util.ArrayList;
import java.util.List;

/// A plan, as it is shown before the first step.
final class PlanTable {
  private final Plan plan;

  PlanTable(Plan plan) {
    this.plan = plan;
  }

  List<String> lines() {
    var table =
        Table.ofFacts()
            .row("rows", Numbers.count(plan.rows()))
            .row(
                "tokens",
                "%s, %s of them trained"
                    .formatted(Numbers.count(plan.tokens()), Numbers.count(plan.trainedTokens())))
            .row(
                "held out",
                "%s, %s targets"
                    .formatted(
                        Numbers.count(plan.heldOutRows(), "row"),
                        Numbers.count(plan.heldOutTokens())))
            .row("steps", steps())
            .row("learning rate", Numbers.real(plan.learningRate()) + " at its peak")
            .row(
                "parameters",
                "%s trained, %s in the model"
                    .formatted(
                        Numbers.parameters(plan.trainedParameters()),
                        Numbers.parameters(plan.parameters())))
            .row(
                "memory",
                "%s estimated, %s available"
                    .formatted(
                        Numbers.bytes(plan.estimatedPeakBytes()),
                        Numbers.bytes(plan.availableBytes())));
    plan.answers().ifPresent(answers -> table.row("answers", answers(answers)));
    plan.bytesWithoutRecomputation()
        .ifPresent(bytes ->
            table.row(
                "recomputation", "on; without it the run would need " + Numbers.bytes(bytes)));
    table.row(
        "time",
        "about %s, at %s tokens/s"
            .formatted(
                Numbers.duration(plan.estimatedSeconds()), Numbers.rate(plan.tokensPerSecond())));
    var lines = new ArrayList<String>();
    lines.add("plan");
    table.lines().forEach(line -> lines.add("  " + line));
    return lines;
  }

  private static String answers(Plan.Answers answers) {
    return "%s at each evaluation, about %s, measured by %s"
        .formatted(
            Numbers.count(answers.rows()), Numbers.duration(answers.seconds()), answers.metric());
  }

  private String steps() {
    var text =
        "%s, %s per epoch"
            .formatted(Numbers.count(plan.totalSteps()), Numbers.count(plan.stepsPerEpoch()));
    return plan.stepsDone() == 0
        ? text
        : text + "; %s of them done".formatted(Numbers.count(plan.stepsDone()));
  }
}
