package dev.hone.model.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Compares [Tokenizer] with reference encodings of real tokenizers, which do not belong to this
/// repository: `acceptance/checks/15-tokenizers.sh` runs it where they are
/// (`-Dhone.tokenizers=DIR`); its name keeps it out of the ordinary tests.
///
/// The reference was written by transformers with its special tokens added and its clean-up of
/// spaces on; both are taken off or put on here before comparing.
class TokenizerAgreement {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int RANDOM_TEXTS = 10_000;
  private static final List<Family> FAMILIES =
      List.of(
          new Family("distilgpt2", "gpt2", false),
          new Family("tiiuae/falcon-7b", "falcon-tokenizer", false),
          new Family("bert-base-uncased", "minilm", true),
          new Family("coreml-projects/Llama-2-7b-chat-coreml", "phi-3-mini", true));

  /// @param reference the key in the reference file
  /// @param files the directory with its files
  /// @param addsTokens whether the reference has special tokens around the text
  private record Family(String reference, String files, boolean addsTokens) {}

  private final Path tokenizers = Path.of(System.getProperty("hone.tokenizers"));
  private final List<String> failures = new ArrayList<>();
  private int compared;
  @TempDir Path scratch;

  @Test
  void realTokenizersEncodeAndDecodeAsTheReferenceSays() throws IOException {
    var reference = JSON.readTree(tokenizers.resolve("reference/tokenizer_tests.json").toFile());
    for (var family : FAMILIES) compare(family, reference.get(family.reference()));
    assertEquals(List.of(), failures);
    assertTrue(compared > 250, "only " + compared + " comparisons");
  }

  /// Of any Unicode text, through those that keep every byte.
  @Test
  void randomTextsComeBack() throws IOException {
    var random = new SplittableRandom(1);
    for (var family : FAMILIES) {
      if (family.files().equals("minilm")) continue; // keeps neither case nor unknown letters
      var tokenizer = open(family);
      for (int i = 0; i < RANDOM_TEXTS; i++) {
        var text = text(random);
        if (family.files().startsWith("falcon")) {
          text = text.replaceAll("\\p{Cntrl}", ""); // its vocabulary lacks these bytes
        }
        check(family, "round trip", text, text, tokenizer.decode(tokenizer.encode(text), false));
      }
    }
    assertEquals(List.of(), failures.stream().limit(5).toList());
  }

  /// Up to 40 characters of the whole of Unicode, half of them of the first few pages.
  private static String text(SplittableRandom random) {
    var text = new StringBuilder();
    int length = random.nextInt(40);
    while (text.length() < length) {
      int point = random.nextInt(random.nextBoolean() ? 0x600 : Character.MAX_CODE_POINT + 1);
      boolean isText =
          Character.isDefined(point) && Character.getType(point) != Character.SURROGATE;
      if (isText) text.appendCodePoint(random.nextInt(5) == 0 ? ' ' : point);
    }
    return text.toString();
  }

  private void compare(Family family, JsonNode cases) throws IOException {
    var tokenizer = open(family);
    for (var example : cases) {
      var text = example.get("input").stringValue();
      int[] all =
          example
              .get("encoded")
              .get("input_ids")
              .valueStream()
              .mapToInt(JsonNode::intValue)
              .toArray();
      int[] ids = tokenizer.encode(text);
      check(family, "encode", text, Arrays.toString(expected(family, all)), Arrays.toString(ids));
      checkDecoded(
          family,
          text,
          example.get("decoded_with_special").stringValue(),
          tokenizer.decode(all, false));
      checkDecoded(
          family,
          text,
          example.get("decoded_without_special").stringValue(),
          tokenizer.decode(all, true));
      check(family, "stream", text, tokenizer.decode(all, false), streamed(tokenizer, all));
    }
  }

  private static int[] expected(Family family, int[] all) {
    if (!family.addsTokens()) return all;
    return Arrays.copyOfRange(
        all, 1, family.files().equals("minilm") ? all.length - 1 : all.length);
  }

  private void checkDecoded(Family family, String text, String reference, String decoded) {
    check(
        family,
        "decode",
        text,
        reference,
        reference.equals(decoded) ? decoded : cleanedUp(decoded));
  }

  private void check(Family family, String what, String text, String reference, String found) {
    compared++;
    if (reference.equals(found)) return;
    failures.add(
        "%s %s of %s%n  reference %s%n  found     %s%n"
            .formatted(family.reference(), what, JSON.writeValueAsString(text), reference, found));
  }

  private static String streamed(Tokenizer tokenizer, int[] ids) {
    var stream = tokenizer.stream(false);
    var text = new StringBuilder();
    for (int id : ids) text.append(stream.add(id));
    return text.append(stream.finish()).toString();
  }

  /// transformers' `clean_up_tokenization`.
  private static String cleanedUp(String text) {
    for (var joined : List.of(".", "?", "!", ",")) text = text.replace(" " + joined, joined);
    text = text.replace(" ' ", "'");
    for (var joined : List.of("n't", "'m", "'s", "'ve", "'re"))
      text = text.replace(" " + joined, joined);
    return text;
  }

  private Tokenizer open(Family family) throws IOException {
    var dir = tokenizers.resolve(family.files());
    if (Files.exists(dir.resolve("tokenizer.json"))) return Tokenizer.open(dir);
    var made = Files.createDirectories(scratch.resolve(family.files()));
    Files.writeString(made.resolve("tokenizer.json"), JSON.writeValueAsString(gpt2(dir)));
    return Tokenizer.open(made);
  }

  /// GPT-2's older files, `vocab.json` and `merges.txt`, as a `tokenizer.json`.
  private static Map<String, Object> gpt2(Path dir) throws IOException {
    var model = new LinkedHashMap<String, Object>();
    model.put("type", "BPE");
    model.put("vocab", JSON.readTree(dir.resolve("vocab.json").toFile()));
    model.put(
        "merges",
        Files.readAllLines(dir.resolve("merges.txt")).stream()
            .filter(l -> !l.startsWith("#"))
            .toList());
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
    var end =
        Map.of(
            "id",
            50256,
            "content",
            "<|endoftext|>",
            "single_word",
            false,
            "lstrip",
            false,
            "rstrip",
            false,
            "normalized",
            false,
            "special",
            true);
    return Map.of(
        "version",
        "1.0",
        "added_tokens",
        List.of(end),
        "pre_tokenizer",
        bytes,
        "decoder",
        bytes,
        "model",
        model);
  }
}
