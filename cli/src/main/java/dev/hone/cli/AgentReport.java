package dev.hone.cli;

import dev.hone.agent.AgentEval;
import dev.hone.agent.AgentRequest;
import dev.hone.agent.AgentResult;
import dev.hone.agent.AgentScore;
import dev.hone.agent.MadeCall;
import dev.hone.agent.Run;
import dev.hone.model.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// Runs one `hone eval --metric agent` and says how good the model is, and what a prompt and tuning
/// changed.
final class AgentReport {
  private static final String ADVICE =
      "For agents, plainer descriptions of the tools, a better prompt and retrieval usually win:\n"
          + "they change when the tools do, and weights don't.";

  private final AgentResult result;

  AgentReport(AgentResult result) {
    this.result = result;
  }

  /// @param file where what was called and said goes: a line for each conversation and model
  static void run(Shell shell, AgentRequest request, Optional<Path> file, boolean isJson)
      throws IOException {
    AgentResult result;
    try (var progress = TuneProgress.on(shell)) {
      result = AgentEval.run(request, progress);
    }
    var report = new AgentReport(result);
    if (file.isPresent()) {
      AtomicFile.write(file.get(), report.transcripts());
    }
    if (isJson) {
      shell.out().println(Facts.json(report.values()));
    } else {
      report.lines().forEach(shell.out()::println);
    }
  }

  List<String> lines() {
    var lines = new ArrayList<String>();
    lines.add(
        "%s, %s, %s recorded"
            .formatted(
                Numbers.count(result.recordings().size(), "conversation"),
                Numbers.count(result.base().turns(), "turn"),
                Numbers.count(result.base().recordedCalls(), "call")));
    lines.add("");
    lines.addAll(table().lines());
    result.failure().ifPresent(why -> lines.add("the first that could not be asked, " + why));
    lines.add("");
    lines.addAll(ADVICE.lines().toList());
    lines.addAll(verdicts());
    return lines;
  }

  private Table table() {
    var table = Table.ofNumbers();
    if (others().count() > 0) {
      var head = new ArrayList<>(List.of("", "base"));
      result.prompted().ifPresent(any -> head.add("with --system"));
      result.adapted().ifPresent(any -> head.add("with adapter"));
      table.row(head.toArray(String[]::new));
    }
    AgentMeasure.successes(result.base()).forEach(measure -> add(table, measure));
    AgentMeasure.errors().forEach(measure -> add(table, measure));
    return table;
  }

  private Stream<AgentScore> others() {
    return Stream.of(result.prompted(), result.adapted()).flatMap(Optional::stream);
  }

  private void add(Table table, AgentMeasure measure) {
    double before = measure.of().applyAsDouble(result.base());
    var cells = new ArrayList<>(List.of(measure.label(), measure.shown(before)));
    others()
        .forEach(score -> {
          double after = measure.of().applyAsDouble(score);
          cells.add("%s (%s)".formatted(measure.shown(after), measure.change(after - before)));
        });
    table.row(cells.toArray(String[]::new));
  }

  /// What the prompt and what tuning changed, and which of the two did more.
  private List<String> verdicts() {
    var lines = new ArrayList<String>();
    result
        .prompted()
        .ifPresent(score -> lines.add("Here " + verdict("the prompt", result.base(), score)));
    result
        .adapted()
        .ifPresent(score -> lines.add("Here " + verdict("tuning", result.base(), score)));
    if (result.prompted().isPresent() && result.adapted().isPresent()) {
      var prompted = result.prompted().get();
      lines.add("Beside the prompt, " + verdict("tuning", prompted, result.adapted().get()));
    }
    if (lines.isEmpty()) {
      lines.add("Give --system and --adapter to see what a prompt and what tuning change here.");
    }
    return lines;
  }

  private String verdict(String what, AgentScore from, AgentScore to) {
    var gain = AgentResult.gain(from, to);
    var range =
        String.format(
            Locale.ROOT, "95 %% sure: %+.1f to %+.1f", 100 * gain.low(), 100 * gain.high());
    var change = Numbers.points(gain.estimate());
    if (gain.low() <= 0 && gain.high() >= 0) {
      return "%s changes nothing that %s can show: %s right (%s)."
          .formatted(
              what, Numbers.count(result.recordings().size(), "conversation"), change, range);
    }
    return "%s makes it %s: %s of the conversations right (%s)%s."
        .formatted(what, gain.low() > 0 ? "better" : "worse", change, range, mostChanged(from, to));
  }

  /// The error whose count has changed most; none where none has.
  private static String mostChanged(AgentScore from, AgentScore to) {
    ToDoubleFunction<AgentMeasure> difference =
        measure -> measure.of().applyAsDouble(to) - measure.of().applyAsDouble(from);
    return AgentMeasure.errors().stream()
        .max(Comparator.comparingDouble(measure -> Math.abs(difference.applyAsDouble(measure))))
        .filter(measure -> difference.applyAsDouble(measure) != 0)
        .map(measure ->
            "; most changed: %s, %s"
                .formatted(measure.label(), measure.change(difference.applyAsDouble(measure))))
        .orElse("");
  }

  private Map<String, Object> values() {
    var facts =
        new Facts()
            .jsonOnly("conversations", result.recordings().size())
            .jsonOnly("turns", result.base().turns())
            .jsonOnly("recorded_calls", result.base().recordedCalls())
            .jsonOnly("recorded_steps", result.base().recordedSteps())
            .jsonOnly("base", values(result.base()));
    result.prompted().ifPresent(score -> facts.jsonOnly("system", compared(score)));
    result.adapted().ifPresent(score -> facts.jsonOnly("adapter", compared(score)));
    return facts.jsonOnly("seconds", result.seconds()).values();
  }

  private static Map<String, Object> values(AgentScore score) {
    var values = new LinkedHashMap<String, Object>();
    values.put("calls", score.madeCalls());
    AgentMeasure.successes(score)
        .forEach(measure -> values.put(measure.key(), measure.of().applyAsDouble(score)));
    AgentMeasure.errors()
        .forEach(measure -> values.put(measure.key(), (long) measure.of().applyAsDouble(score)));
    return values;
  }

  /// With its gain over the base.
  private Map<String, Object> compared(AgentScore score) {
    var values = values(score);
    var gain = AgentResult.gain(result.base(), score);
    values.put("gain", List.of(gain.estimate(), gain.low(), gain.high()));
    return values;
  }

  private String transcripts() {
    var text = new StringBuilder();
    addTranscripts("base", result.base(), text);
    result.prompted().ifPresent(score -> addTranscripts("system", score, text));
    result.adapted().ifPresent(score -> addTranscripts("adapter", score, text));
    return text.toString();
  }

  private void addTranscripts(String model, AgentScore score, StringBuilder text) {
    for (int i = 0; i < result.recordings().size(); i++) {
      var line = new LinkedHashMap<String, Object>();
      line.put("line", result.recordings().get(i).line());
      line.put("model", model);
      line.put("right", score.rightConversations()[i] == 1);
      line.put("turns", score.conversations().get(i).stream().map(AgentReport::values).toList());
      text.append(JsonMapper.shared().writeValueAsString(line)).append('\n');
    }
  }

  private static Map<String, Object> values(Run run) {
    var values = new LinkedHashMap<String, Object>();
    values.put("right", run.isRight());
    values.put("steps", run.steps());
    values.put("ending", run.ending().name().toLowerCase(Locale.ROOT));
    values.put("calls", run.calls().stream().map(AgentReport::values).toList());
    values.put("answer", run.answer());
    if (!run.failure().isEmpty()) {
      values.put("failure", run.failure());
    }
    return values;
  }

  private static Map<String, Object> values(MadeCall call) {
    var values = new LinkedHashMap<String, Object>();
    values.put("name", call.tool());
    values.put("arguments", call.arguments());
    values.put("outcome", call.outcome().code());
    values.put("result", call.result());
    return values;
  }
}
