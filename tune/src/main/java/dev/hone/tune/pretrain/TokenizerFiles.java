package dev.hone.tune.pretrain;

import dev.hone.model.checkpoint.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Writes a tokenizer as Hugging Face's libraries read it: `tokenizer.json` and
/// `tokenizer_config.json`, with a chat template.
///
/// Special tokens have the first ids, then come the 256 bytes, then the merges in their order:
/// every text of Unicode has tokens, and comes back from them.
final class TokenizerFiles {
  /// Begins and ends a document.
  static final String END_OF_TEXT = "<|endoftext|>";

  static final String TURN_START = "<|im_start|>";
  static final String TURN_END = "<|im_end|>";
  private static final String PADDING = "<|pad|>";
  private static final int RESERVED = 8;

  static final List<String> SPECIAL = special();

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private TokenizerFiles() {}

  private static List<String> special() {
    var special =
        new ArrayList<>(
            List.of(
                END_OF_TEXT,
                PADDING,
                TURN_START,
                TURN_END,
                "<tool_call>",
                "</tool_call>",
                "<tool_response>",
                "</tool_response>"));
    for (int i = 0; i < RESERVED; i++) {
      special.add("<|reserved_%d|>".formatted(i));
    }
    return List.copyOf(special);
  }

  /// Merges that a vocabulary of a size has room for.
  static int merges(int vocabSize) {
    return vocabSize - 256 - SPECIAL.size();
  }

  /// @param dir exists
  /// @param contextLength what the tokenizer's configuration names as longest text, tokens
  static void write(Path dir, List<BytePairs.Merge> merges, int contextLength) throws IOException {
    write(dir.resolve("tokenizer.json"), tokenizer(merges));
    write(dir.resolve("tokenizer_config.json"), config(contextLength));
  }

  private static void write(Path file, Object json) throws IOException {
    AtomicFile.write(file, JSON.writeValueAsString(json) + "\n");
  }

  private static Map<String, Object> tokenizer(List<BytePairs.Merge> merges) {
    var json = new LinkedHashMap<String, Object>();
    json.put("version", "1.0");
    json.put("truncation", null);
    json.put("padding", null);
    json.put("added_tokens", addedTokens());
    json.put("normalizer", null);
    json.put(
        "pre_tokenizer",
        Map.of("type", "Sequence", "pretokenizers", List.of(split(), byteLevel(false))));
    json.put("post_processor", null);
    json.put("decoder", byteLevel(true));
    json.put("model", model(merges));
    return json;
  }

  private static List<Map<String, Object>> addedTokens() {
    var tokens = new ArrayList<Map<String, Object>>();
    for (var content : SPECIAL) {
      var token = new LinkedHashMap<String, Object>();
      token.put("id", tokens.size());
      token.put("content", content);
      for (var flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
        token.put(flag, false);
      }
      token.put("special", true);
      tokens.add(token);
    }
    return tokens;
  }

  private static Map<String, Object> split() {
    var split = new LinkedHashMap<String, Object>();
    split.put("type", "Split");
    split.put("pattern", Map.of("Regex", WordCounts.PATTERN));
    split.put("behavior", "Isolated");
    split.put("invert", false);
    return split;
  }

  private static Map<String, Object> byteLevel(boolean trimsOffsets) {
    var step = new LinkedHashMap<String, Object>();
    step.put("type", "ByteLevel");
    step.put("add_prefix_space", false);
    step.put("trim_offsets", trimsOffsets);
    step.put("use_regex", false);
    return step;
  }

  private static Map<String, Object> model(List<BytePairs.Merge> merges) {
    var model = new LinkedHashMap<String, Object>();
    model.put("type", "BPE");
    for (var absent :
        List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
      model.put(absent, null);
    }
    model.put("fuse_unk", false);
    model.put("byte_fallback", false);
    var symbols = symbols(merges);
    var vocab = new LinkedHashMap<String, Integer>();
    SPECIAL.forEach(token -> vocab.put(token, vocab.size()));
    symbols.forEach(symbol -> vocab.put(symbol, vocab.size()));
    model.put("vocab", vocab);
    model.put(
        "merges",
        merges.stream().map(m -> symbols.get(m.left()) + " " + symbols.get(m.right())).toList());
    return model;
  }

  /// What each symbol is written as.
  private static List<String> symbols(List<BytePairs.Merge> merges) {
    var symbols = new ArrayList<String>();
    for (int b = 0; b < 256; b++) {
      symbols.add(String.valueOf(ByteLevel.charOf(b)));
    }
    merges.forEach(m -> symbols.add(symbols.get(m.left()) + symbols.get(m.right())));
    return symbols;
  }

  private static Map<String, Object> config(int contextLength) {
    var config = new LinkedHashMap<String, Object>();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    config.put("bos_token", END_OF_TEXT);
    config.put("eos_token", END_OF_TEXT);
    config.put("pad_token", PADDING);
    config.put("add_bos_token", false);
    config.put("clean_up_tokenization_spaces", false);
    config.put("model_max_length", contextLength);
    config.put("chat_template", chatTemplate());
    return config;
  }

  private static String chatTemplate() {
    try (var in = TokenizerFiles.class.getResourceAsStream("chat_template.jinja")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the chat template from the jar", e);
    }
  }
}
