package dev.hone.cli;

import dev.hone.base.Embedded;
import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.report.Advice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The command that does what is advised.
///
/// @param base the model; empty for the embedded one
record AdviceCommands(ClimbReport climb, Optional<ModelName> base, Path out) {
  String words() {
    var rung = new Advice(climb).rung();
    if (rung.isEmpty()) {
      return "";
    }
    var recipe = rung.get().recipe();
    boolean isHosted = base.filter(ModelName.Hosted.class::isInstance).isPresent();
    boolean isPlain = !isHosted && !recipe.containsKey("system") && !recipe.containsKey("form");
    return switch (isPlain ? String.valueOf(recipe.get("kind")) : "") {
      case "tuned" -> words("chat", "--base", model(), "--adapter", recipe.get("adapter"));
      case "prompt" -> words("chat", "--base", model());
      default -> words("advise", "answer", "--out", out, "--rung", rung.get().name(), "QUESTION");
    };
  }

  private String model() {
    return base.isPresent() && base.get() instanceof ModelName.Local local
        ? HubBase.typed(local.directory())
        : Embedded.MODEL;
  }

  private static String words(Object... words) {
    return "hone " + ShellQuotes.join(List.of(words).stream().map(Object::toString).toList());
  }
}
