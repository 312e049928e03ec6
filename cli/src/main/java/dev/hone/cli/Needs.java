package dev.hone.cli;

import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.cost.Price;
import dev.hone.ladder.report.Signals.Signal;
import dev.hone.ladder.rung.LocalModel;
import dev.hone.ladder.rung.Rung;
import dev.hone.model.UsageException;
import dev.hone.model.chat.CallText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a user needs of a solution besides quality, as `--needs` says.
record Needs(List<String> words) {
  private static final String CITATIONS = "citations";
  private static final String JSON = "json";
  private static final String TOOLS = "tools";
  static final String LEFT_OUT = "its chat template leaves them out";
  private static final List<String> KNOWN = List.of(CITATIONS, JSON, TOOLS);
  private static final Set<String> CITING =
      Set.of("found-sentence", "retrieval", "tuned-retrieval");

  /// Rungs with no language model, and those that ask it about passages alone.
  private static final Set<String> WITHOUT_TOOLS =
      Set.of(
          "nearest-answer", "linear-classifier", "found-sentence", "retrieval", "tuned-retrieval");

  Needs {
    words = List.copyOf(words);
    for (var word : words) {
      if (!KNOWN.contains(word)) {
        throw new UsageException(
            "--needs %s is none that Hone knows, so it cannot say who has it".formatted(word),
            "it knows --needs " + String.join(", --needs ", KNOWN));
      }
    }
  }

  /// Whether the model is held to the answers' form on every rung.
  boolean isForm() {
    return words.contains(JSON);
  }

  boolean isTools() {
    return words.contains(TOOLS);
  }

  /// Takes out the rungs that lack what is needed.
  ///
  /// @return the names of those that cannot be given tools
  List<String> narrow(List<Rung> rungs) {
    if (words.contains(CITATIONS)) {
      rungs.removeIf(rung -> !CITING.contains(rung.name()));
      if (rungs.isEmpty()) {
        throw new UsageException(
            "--needs citations: nothing can be cited without documents", "name them with --docs");
      }
    }
    if (!isTools()) {
      return List.of();
    }
    var toolless = rungs.stream().map(Rung::name).filter(WITHOUT_TOOLS::contains).toList();
    rungs.removeIf(rung -> toolless.contains(rung.name()));
    if (rungs.isEmpty()) {
      throw new UsageException(
          "--needs %s: %s".formatted(String.join(",", words), lacking(toolless)),
          "leave one of them out");
    }
    return toolless;
  }

  private static String lacking(List<String> rungs) {
    return "%s cannot be given tools to call".formatted(String.join(", ", rungs));
  }

  /// Refuses a model that is known to call no tools, where that is needed.
  ///
  /// @param name of the model
  /// @param local the same where it is on this machine
  /// @param item of the price book, where it has the model
  void refuseModel(String name, Optional<LocalModel> local, Optional<Price> item) {
    if (!isTools()) {
      return;
    }
    if (local.filter(model -> !model.showsTools()).isPresent()) {
      throw withoutTools(name, LEFT_OUT);
    }
    item.ifPresent(this::refuseItem);
  }

  /// Refuses an item that is said to call no tools, where that is needed.
  void refuseItem(Price item) {
    if (isTools() && item.tools().filter(calls -> !calls).isPresent()) {
      throw withoutTools(item.name(), said(item));
    }
  }

  static UsageException withoutTools(String name, String why) {
    return new UsageException(
        "--needs tools: %s calls no tools: %s".formatted(name, why), "name another model");
  }

  private static String said(Price item) {
    return "%s, %s".formatted(item.source(), item.date());
  }

  /// What is known of tools, and whose rungs were left out for want of them.
  ///
  /// @param toolless from [#narrow]
  List<Signal> signals(
      String name,
      boolean isLocal,
      Optional<Price> item,
      ClimbReport climb,
      List<String> toolless) {
    if (!isTools()) {
      return List.of();
    }
    var signals = new ArrayList<Signal>();
    if (!toolless.isEmpty()) {
      signals.add(new Signal(TOOLS, "left out: " + lacking(toolless), false));
    }
    long calls = calls(climb);
    boolean isSaid = item.flatMap(Price::tools).isPresent();
    boolean isUnknown = !isLocal && !isSaid && calls == 0;
    signals.add(
        new Signal(
            TOOLS,
            isUnknown
                ? unknown(name) + ", and no answer here was a call"
                : isLocal
                    ? "%s is told of tools by its chat template".formatted(name)
                    : calls > 0
                        ? "%s called a tool in %,d answers here".formatted(name, calls)
                        : "%s calls tools: %s".formatted(name, said(item.orElseThrow())),
            isUnknown));
    return signals;
  }

  /// That nobody has said whether a hosted model calls tools.
  static String unknown(String name) {
    return "whether %s calls tools is unknown: the price book does not say".formatted(name);
  }

  /// Answers that are calls, of rows that offer tools.
  private static long calls(ClimbReport climb) {
    boolean isOffered =
        climb.parts().selection().stream().anyMatch(item -> !item.asked().tools().isEmpty());
    return isOffered
        ? climb.rungs().stream()
            .flatMap(rung -> rung.rows().stream())
            .filter(row -> !CallText.calls(row.answer()).isEmpty())
            .count()
        : 0;
  }
}
