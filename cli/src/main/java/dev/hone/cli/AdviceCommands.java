package dev.hone.cli;

import dev.hone.base.Embedded;
import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.report.Advice;
import java.nio.file.Path;
import java.util.List;

/// The command that does what is advised.
///
/// @param isEmbedded whether the model is the embedded one
record AdviceCommands(ClimbReport climb, Path base, boolean isEmbedded, Path out) {
  String words() {
    var rung = new Advice(climb).rung();
    if (rung.isEmpty()) {
      return "";
    }
    var model = isEmbedded ? Embedded.MODEL : base.toString();
    var recipe = rung.get().recipe();
    boolean isPlain = !recipe.containsKey("system") && !recipe.containsKey("form");
    return switch (isPlain ? String.valueOf(recipe.get("kind")) : "") {
      case "tuned" -> words("chat", "--base", model, "--adapter", recipe.get("adapter"));
      case "prompt" -> words("chat", "--base", model);
      default -> words("advise", "answer", "--out", out, "--rung", rung.get().name(), "QUESTION");
    };
  }

  private static String words(Object... words) {
    return "hone " + ShellQuotes.join(List.of(words).stream().map(Object::toString).toList());
  }
}
