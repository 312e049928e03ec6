package dev.hone.model.grammar;

import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.text.TinyTokenizers;
import dev.hone.model.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// Byte-level tokenizers whose tokens cut JSON across its parts.
final class JsonVocabulary {
  private static final List<String> PIECES =
      List.of(
          "{\"", "\":", "\": \"", "\",", ", \"", "\"}", "}}", "}]", "[{\"", "]}", "true", "null",
          "name", "\"a", "ki", "12", "00", " 1", ": ", "\\u", "\\ud83d", "d", "[[", "\"x\",", "1e",
          "-1", "\n\n", "  ", "é", "€", "red", "yes", "terday");

  private JsonVocabulary() {}

  static Tokenizer small() {
    return of(PIECES);
  }

  /// With so many random words too.
  static Tokenizer large(int words) {
    var random = new SplittableRandom(7);
    var all = new LinkedHashSet<>(PIECES);
    while (all.size() < words) {
      var word =
          random
              .ints(random.nextInt(2, 12), 'a', 'z' + 1)
              .mapToObj(Character::toString)
              .collect(Collectors.joining());
      all.add(random.nextBoolean() ? " " + word : word);
    }
    return of(List.copyOf(all));
  }

  private static Tokenizer of(List<String> pieces) {
    var tokens = new ArrayList<String>();
    for (int b = 0; b < 256; b++) tokens.add(Character.toString(TinyTokenizers.byteLevelChar(b)));
    for (var piece : pieces) tokens.add(spelled(piece));
    var vocab = new LinkedHashMap<String, Integer>();
    for (var token : tokens) vocab.putIfAbsent(token, vocab.size());
    var bytes =
        Map.of(
            "type",
            "ByteLevel",
            "add_prefix_space",
            false,
            "trim_offsets",
            true,
            "use_regex",
            true);
    var model = Map.of("type", "BPE", "vocab", vocab, "merges", List.of());
    var json = Map.of("model", model, "pre_tokenizer", bytes, "decoder", bytes);
    try {
      return Tokenizer.of(Path.of("test"), JsonMapper.shared().writeValueAsBytes(json));
    } catch (CheckpointException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String spelled(String piece) {
    var text = new StringBuilder();
    for (byte b : piece.getBytes(StandardCharsets.UTF_8))
      text.appendCodePoint(TinyTokenizers.byteLevelChar(Byte.toUnsignedInt(b)));
    return text.toString();
  }
}
