package dev.hone.model.checkpoint;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Special tokens that take the white space behind them, as Phi-3's do. GGUF files have no word for
/// it: llama.cpp tells by the model's name. (`src/llama-vocab.cpp`)
final class PhiTokens {
  private static final Pattern NAME = Pattern.compile("(?i)phi-?3");
  private static final Set<String> OTHERS = Set.of("<unk>", "<s>", "<|endoftext|>");

  private PhiTokens() {}

  /// Whether a special token takes the white space behind it, in a file for a model of this name.
  static boolean strips(String model, String token) {
    return NAME.matcher(model).find() && !OTHERS.contains(token);
  }

  /// A name that has llama.cpp cut the text as the model's tokenizer does, where one can.
  static String named(String name, Checkpoint model) throws CheckpointException {
    var tokenizer = JsonFile.read(model.dir().resolve("tokenizer.json")).node();
    boolean isPhi = NAME.matcher(name).find();
    if (isPhi && !doesAnyStrip(tokenizer)) {
      return NAME.matcher(name).replaceAll("Phi 3");
    }
    return !isPhi && doesAnyStrip(tokenizer) && doPhis(tokenizer) ? name + " (Phi-3)" : name;
  }

  /// Whether no name helps.
  static boolean areCutOtherwise(JsonNode tokenizer) {
    return doesAnyStrip(tokenizer) && !doPhis(tokenizer);
  }

  private static boolean doesAnyStrip(JsonNode tokenizer) {
    return added(tokenizer).stream().anyMatch(token -> token.path("rstrip").asBoolean(false));
  }

  private static boolean doPhis(JsonNode tokenizer) {
    return added(tokenizer).stream()
        .allMatch(token ->
            token.path("rstrip").asBoolean(false)
                == strips("phi-3", token.path("content").asString("")));
  }

  private static List<JsonNode> added(JsonNode tokenizer) {
    return tokenizer.path("added_tokens").valueStream().toList();
  }
}
