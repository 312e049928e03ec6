package dev.hone.cli;

import dev.hone.agent.AgentScore;
import dev.hone.agent.Outcome;
import dev.hone.agent.Run.Ending;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// One figure about an agent.
///
/// @param key in JSON
/// @param label in the table
record AgentMeasure(String key, String label, Form form, ToDoubleFunction<AgentScore> of) {
  /// How a figure is shown, and a difference of two.
  enum Form {
    /// Of one.
    SHARE("%.1f %%", "%+.1f points", 100),
    MEAN("%.1f", "%+.1f", 1),
    COUNT("%,.0f", "%+,.0f", 1);

    private final String value;
    private final String change;
    private final double unit;

    Form(String value, String change, double unit) {
      this.value = value;
      this.change = change;
      this.unit = unit;
    }
  }

  String shown(double value) {
    return String.format(Locale.ROOT, form.value, form.unit * value);
  }

  String change(double difference) {
    return String.format(Locale.ROOT, form.change, form.unit * difference);
  }

  /// What is good: the more the better.
  static List<AgentMeasure> successes(AgentScore any) {
    var all = new ArrayList<AgentMeasure>();
    all.add(
        share(
            "conversations_right",
            "conversations right",
            score -> Arrays.stream(score.rightConversations()).average().orElseThrow()));
    if (any.recordedCalls() > 0) {
      all.add(
          share(
              "recorded_calls_made",
              "recorded calls made",
              score -> (double) score.calls(Outcome.RIGHT) / score.recordedCalls()));
    }
    all.add(
        share(
            "called_when_due",
            "turns with a call where one is due, or none",
            score -> (double) score.calledWhenDue() / score.turns()));
    all.add(
        share(
            "answered",
            "turns answered",
            score -> (double) score.ended(Ending.ANSWERED) / score.turns()));
    double recorded = (double) any.recordedSteps() / any.turns();
    all.add(
        new AgentMeasure(
            "steps_per_turn",
            String.format(Locale.ROOT, "steps a turn; %.1f recorded", recorded),
            Form.MEAN,
            score -> (double) score.steps() / score.turns()));
    return all;
  }

  private static AgentMeasure share(String key, String label, ToDoubleFunction<AgentScore> of) {
    return new AgentMeasure(key, label, Form.SHARE, of);
  }

  /// What goes wrong, counted.
  static List<AgentMeasure> errors() {
    var all = new ArrayList<AgentMeasure>();
    all.add(count("no_call", "no call where one is due", AgentScore::withoutCall));
    all.add(count("needless_call", "a call where none is due", AgentScore::withNeedlessCall));
    for (var outcome : Outcome.values()) {
      if (outcome != Outcome.RIGHT) {
        all.add(count(outcome.code(), outcome.words(), score -> score.calls(outcome)));
      }
    }
    all.add(count("no_answer", "no answer", score -> score.ended(Ending.NO_ANSWER)));
    all.add(count("out_of_steps", "out of steps", score -> score.ended(Ending.OUT_OF_STEPS)));
    all.add(count("failed", "could not be asked", score -> score.ended(Ending.FAILED)));
    return all;
  }

  private static AgentMeasure count(String key, String label, ToDoubleFunction<AgentScore> of) {
    return new AgentMeasure(key, label, Form.COUNT, of);
  }
}
