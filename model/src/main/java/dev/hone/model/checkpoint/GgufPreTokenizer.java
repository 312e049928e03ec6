package dev.hone.model.checkpoint;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// How byte-level tokenizers cut a text into words before they merge: a name in GGUF files
/// (`tokenizer.ggml.pre`), patterns in `tokenizer.json`. (ggml-org/llama.cpp,
/// `src/llama-vocab.cpp`.)
enum GgufPreTokenizer {
  LLAMA3(
      List.of("llama-bpe", "llama3", "llama-v3"),
      Patterns.WORDS + "\\p{N}{1,3}" + Patterns.REST,
      true,
      false),
  DBRX(List.of("dbrx", "smaug-bpe"), Patterns.WORDS + "\\p{N}{1,3}" + Patterns.REST, false, false),
  QWEN2(
      List.of("qwen2", "deepseek-r1-qwen"), Patterns.WORDS + "\\p{N}" + Patterns.REST, false, true),
  TEKKEN(List.of("tekken"), Patterns.cased("") + "\\p{N}" + Patterns.REST_WITH_SLASH, true, false),
  GPT4O(
      List.of("gpt-4o"),
      Patterns.cased(Patterns.ENDINGS + "?") + "\\p{N}{1,3}" + Patterns.REST_WITH_SLASH,
      false,
      false),
  SMOLLM(List.of("smollm", "starcoder", "refact", "command-r"), "", false, false),
  GPT2(List.of("gpt-2", "gpt2", "olmo", "phi-2"), "", false, false);

  /// Parts of the patterns.
  private static final class Patterns {
    static final String ENDINGS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    static final String WORDS = ENDINGS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
    static final String REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    static final String REST_WITH_SLASH =
        "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private Patterns() {}

    /// Words that end before a capital letter.
    static String cased(String ending) {
      var upper = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
      var lower = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
      var first = "[^\\r\\n\\p{L}\\p{N}]?";
      return "%1$s%2$s*%3$s+%4$s|%1$s%2$s+%3$s*%4$s|".formatted(first, upper, lower, ending);
    }
  }

  private static final String OLD_ENDINGS = "'(?:[sdmtSDMT]|ll|LL|ve|VE|re|RE)";

  private final List<String> names;
  private final String pattern;
  private final boolean ignoresMerges;
  private final boolean isComposed;

  /// @param pattern of words; empty for GPT-2's, which the library has
  /// @param isComposed whether the text is brought to NFC first
  GgufPreTokenizer(List<String> names, String pattern, boolean ignoresMerges, boolean isComposed) {
    this.names = names;
    this.pattern = pattern;
    this.ignoresMerges = ignoresMerges;
    this.isComposed = isComposed;
  }

  static Optional<GgufPreTokenizer> byName(String name) {
    return Arrays.stream(values()).filter(one -> one.names.contains(name)).findFirst();
  }

  static String names() {
    return Arrays.stream(values()).flatMap(p -> p.names.stream()).collect(Collectors.joining(", "));
  }

  /// The name that GGUF files give what a `tokenizer.json` does; empty for anything else.
  static Optional<String> nameOf(JsonNode json) {
    for (var one : values()) {
      var mine = JsonNodeFactory.instance.objectNode();
      one.write(mine);
      boolean isSame =
          essence(mine.path("pre_tokenizer")).equals(essence(json.path("pre_tokenizer")))
              && essence(mine.path("normalizer")).equals(essence(json.path("normalizer")))
              && one.ignoresMerges == json.path("model").path("ignore_merges").asBoolean(false);
      if (isSame) return Optional.of(one.names.getFirst());
    }
    return Optional.empty();
  }

  /// Whether a `tokenizer.json` has the older spelling of contractions, which knows those in one
  /// case alone: it cuts `'Ll` otherwise than what GGUF's names stand for.
  static boolean isOldSpelling(JsonNode json) {
    return json.path("pre_tokenizer").toString().contains(OLD_ENDINGS);
  }

  /// What a step does, without what makes no difference to it.
  private static String essence(JsonNode step) {
    var type = step.path("type").asString("");
    return switch (type) {
      case "Sequence" ->
          step.path(step.has("normalizers") ? "normalizers" : "pretokenizers")
              .valueStream()
              .map(GgufPreTokenizer::essence)
              .collect(Collectors.joining(" "));
      case "Split" ->
          "split %s %s %s"
              .formatted(
                  step.path("pattern")
                      .path("Regex")
                      .asString("")
                      .replace(OLD_ENDINGS, Patterns.ENDINGS),
                  step.path("behavior").asString(""),
                  step.path("invert").asBoolean(false));
      case "ByteLevel" ->
          "bytes %s %s"
              .formatted(
                  step.path("add_prefix_space").asBoolean(true),
                  step.path("use_regex").asBoolean(true));
      case "Digits" -> "digits " + step.path("individual_digits").asBoolean(false);
      default -> step.isMissingNode() || step.isNull() ? "" : step.toString();
    };
  }

  /// Whether a word that is a token is one, whatever its merges would make of it.
  boolean ignoresMerges() {
    return ignoresMerges;
  }

  /// Puts the `normalizer` and the `pre_tokenizer` into a `tokenizer.json`.
  void write(ObjectNode json) {
    if (isComposed) json.putObject("normalizer").put("type", "NFC");
    else json.putNull("normalizer");
    var steps = json.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    if (this == SMOLLM) steps.addObject().put("type", "Digits").put("individual_digits", true);
    if (!pattern.isEmpty()) {
      var split = steps.addObject().put("type", "Split");
      split.putObject("pattern").put("Regex", pattern);
      split.put("behavior", "Isolated").put("invert", false);
    }
    steps
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", pattern.isEmpty());
  }
}
