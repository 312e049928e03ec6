package dev.hone.model.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The roles of special tokens, from `tokenizer_config.json` and, where that is silent,
/// `special_tokens_map.json`. A role is given as text, or as an object with the text under
/// `content`.
///
/// @param files in the order of precedence
/// @param addBosToken `add_bos_token` of `tokenizer_config.json`, where given
public record SpecialTokens(List<JsonObject> files, Optional<Boolean> addBosToken) {

  /// What the files of a model say.
  public static SpecialTokens read(Path dir) throws CheckpointException {
    var config = JsonFile.readIfPresent(dir.resolve("tokenizer_config.json"));
    var files = new ArrayList<JsonObject>();
    config.ifPresent(files::add);
    JsonFile.readIfPresent(dir.resolve("special_tokens_map.json")).ifPresent(files::add);
    return new SpecialTokens(List.copyOf(files), addBosToken(config));
  }

  private static Optional<Boolean> addBosToken(Optional<JsonObject> config)
      throws CheckpointException {
    return config.isPresent() && config.get().has("add_bos_token")
        ? Optional.of(config.get().bool("add_bos_token", false))
        : Optional.empty();
  }

  /// The text of a role's token, for instance of `bos_token`.
  public Optional<String> text(String role) throws CheckpointException {
    for (var file : files) {
      if (file.has(role)) return Optional.of(text(file, role));
    }
    return Optional.empty();
  }

  private static String text(JsonObject file, String role) throws CheckpointException {
    if (!file.node().get(role).isObject()) return file.string(role).orElseThrow();
    return file.object(role)
        .orElseThrow()
        .string("content")
        .orElseThrow(
            () -> file.wrong(role, file.node().get(role), "text, or an object with content"));
  }
}
