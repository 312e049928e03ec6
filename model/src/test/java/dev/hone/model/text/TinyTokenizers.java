package dev.hone.model.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Tokenizers of two families, small enough to read, that tests write into a directory.
public final class TinyTokenizers {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();
  private static final List<String> ROLES = List.of("<unk>", "<s>", "</s>");

  private TinyTokenizers() {}

  /// Byte-level BPE as GPT-2's and Llama 3's: three special tokens, the 256 bytes, and some merges,
  /// one of which ends inside a character (`E2 82`, the beginning of `€`).
  public static void writeByteLevel(Path dir) throws IOException {
    var merges = List.of("h e", "l l", "Ġ he", "â Ĥ", "Ġ Ġ");
    var tokens = new ArrayList<>(ROLES);
    for (int b = 0; b < 256; b++) tokens.add(Character.toString(byteLevelChar(b)));
    for (var merge : merges) tokens.add(merge.replace(" ", ""));
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
    write(dir, bytes, null, bytes, tokens, merges, false);
  }

  /// BPE as SentencePiece's and Llama 2's: spaces written `▁`, one put in front of the text,
  /// unknown characters spelt in byte tokens.
  public static void writeMetaspace(Path dir) throws IOException {
    var merges = List.of("▁ h", "▁h e", "l l", "▁ ▁", "▁ a");
    var tokens = new ArrayList<>(ROLES);
    for (int b = 0; b < 256; b++) tokens.add("<0x%02X>".formatted(b));
    for (var c : "▁abcdefghijklmnopqrstuvwxyz.,!é".split("")) tokens.add(c);
    for (var merge : merges) tokens.add(merge.replace(" ", ""));
    var normalizer =
        Map.of(
            "type",
            "Sequence",
            "normalizers",
            List.of(
                Map.of("type", "Prepend", "prepend", "▁"),
                Map.of("type", "Replace", "pattern", Map.of("String", " "), "content", "▁")));
    var decoder =
        Map.of(
            "type",
            "Sequence",
            "decoders",
            List.of(
                Map.of("type", "Replace", "pattern", Map.of("String", "▁"), "content", " "),
                Map.of("type", "ByteFallback"),
                Map.of("type", "Fuse"),
                Map.of("type", "Strip", "content", " ", "start", 1, "stop", 0)));
    write(dir, null, normalizer, decoder, tokens, merges, true);
  }

  private static void write(
      Path dir,
      Object preTokenizer,
      Object normalizer,
      Object decoder,
      List<String> tokens,
      List<String> merges,
      boolean byteFallback)
      throws IOException {
    var root = new LinkedHashMap<String, Object>();
    root.put("version", "1.0");
    root.put(
        "truncation",
        Map.of("direction", "Right", "max_length", 4, "strategy", "LongestFirst", "stride", 0));
    root.put(
        "padding",
        Map.of(
            "strategy",
            Map.of("Fixed", 6),
            "direction",
            "Right",
            "pad_to_multiple_of",
            8,
            "pad_id",
            0,
            "pad_type_id",
            0,
            "pad_token",
            "<unk>"));
    root.put("added_tokens", addedTokens());
    root.put("normalizer", normalizer);
    root.put("pre_tokenizer", preTokenizer);
    root.put("post_processor", postProcessor());
    root.put("decoder", decoder);
    root.put("model", model(tokens, merges, byteFallback));
    Files.createDirectories(dir);
    Files.writeString(dir.resolve("tokenizer.json"), JSON.writeValueAsString(root));
    Files.writeString(
        dir.resolve("tokenizer_config.json"),
        "{\"bos_token\": \"<s>\", \"eos_token\": {\"content\": \"</s>\"}, \"unk_token\":"
            + " \"<unk>\"}");
  }

  private static Map<String, Object> model(
      List<String> tokens, List<String> merges, boolean byteFallback) {
    var vocab = new LinkedHashMap<String, Integer>();
    for (var token : tokens) vocab.put(token, vocab.size());
    var model = new LinkedHashMap<String, Object>();
    model.put("type", "BPE");
    model.put("unk_token", byteFallback ? "<unk>" : null);
    model.put("byte_fallback", byteFallback);
    model.put("vocab", vocab);
    model.put("merges", merges);
    return model;
  }

  private static List<Map<String, Object>> addedTokens() {
    return ROLES.stream()
        .map(content ->
            Map.<String, Object>of(
                "id",
                ROLES.indexOf(content),
                "content",
                content,
                "single_word",
                false,
                "lstrip",
                false,
                "rstrip",
                false,
                "normalized",
                false,
                "special",
                true))
        .toList();
  }

  private static Map<String, Object> postProcessor() {
    var bos = Map.of("SpecialToken", Map.of("id", "<s>", "type_id", 0));
    var first = Map.of("Sequence", Map.of("id", "A", "type_id", 0));
    var second = Map.of("Sequence", Map.of("id", "B", "type_id", 1));
    return Map.of(
        "type",
        "TemplateProcessing",
        "single",
        List.of(bos, first),
        "pair",
        List.of(bos, first, second),
        "special_tokens",
        Map.of("<s>", Map.of("id", "<s>", "ids", List.of(1), "tokens", List.of("<s>"))));
  }

  /// GPT-2's visible stand-in for a byte: itself where it is printable Latin-1, else one from
  /// U+0100 upward.
  public static int byteLevelChar(int b) {
    int moved = 0;
    for (int i = 0; i < 256; i++) {
      boolean isPrintable = i >= '!' && i <= '~' || i >= 0xA1 && i <= 0xAC || i >= 0xAE;
      if (i == b) return isPrintable ? b : 256 + moved;
      if (!isPrintable) moved++;
    }
    throw new IllegalArgumentException("no byte: " + b);
  }
}
