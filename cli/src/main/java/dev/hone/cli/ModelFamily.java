package dev.hone.cli;

import dev.hone.base.Embedded;
import dev.hone.hosted.HostedName;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.HubSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The families that a model belongs to, told from its name: models of one family prefer each
/// other's answers.
final class ModelFamily {
  /// What a name holds, and the family that it tells of.
  private static final Map<Pattern, String> NAMES = new LinkedHashMap<>();

  static {
    for (var family :
        List.of(
            "gpt",
            "claude",
            "llama",
            "qwen",
            "deepseek",
            "smollm",
            "granite",
            "command",
            "falcon",
            "olmo",
            "glm",
            "kimi",
            "grok",
            "nova",
            "hone")) {
      NAMES.put(Pattern.compile(family), family);
    }
    NAMES.put(Pattern.compile("gemini|gemma"), "gemini");
    NAMES.put(Pattern.compile("mistral|mixtral|ministral|magistral|codestral"), "mistral");
    NAMES.put(Pattern.compile("\\bphi"), "phi");
    NAMES.put(Pattern.compile("\\byi\\b"), "yi");
  }

  private ModelFamily() {}

  static Set<String> of(ModelName model) throws CheckpointException {
    return switch (model) {
      case ModelName.Hosted(var name) -> of(name);
      case ModelName.Local(var directory) ->
          directory.equals(Embedded.model())
              ? Set.of(Embedded.MODEL)
              : ofName(HubSnapshot.labelOf(directory));
    };
  }

  private static Set<String> of(HostedName name) {
    return switch (name.provider()) {
      case OPENAI -> Set.of("gpt");
      case ANTHROPIC -> Set.of("claude");
      case GEMINI -> Set.of("gemini");
      case OLLAMA, URL -> ofName(name.model());
    };
  }

  /// Its families where it names some, else the name itself up to its first figure.
  static Set<String> ofName(String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    var families = new TreeSet<String>();
    NAMES.forEach((part, family) -> {
      if (part.matcher(lower).find()) {
        families.add(family);
      }
    });
    return families.isEmpty() ? Set.of(lower.replaceFirst("[^\\p{L}].*", "")) : families;
  }
}
