package dev.hone.model.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.TinyCheckpoint;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TokenizerTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "  ",
        "hello",
        " hello",
        "a b  c ",
        "tab\tnew\nline\r\n",
        "nul\0inside",
        "€ and ₿",
        "👩‍👩‍👧 flag 🇨🇭",
        "combining e\u0301",
        "right-to-left \u202eabc",
        "\ufeffbom",
        "\ufffd",
        "<s>x</s>",
        "<unk>",
        "\u10ffff"
      })
  void byteLevelTextComesBack(String text) throws IOException {
    var tokenizer = byteLevel();
    assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
  }

  @Test
  void anyUnicodeComesBack() throws IOException {
    var tokenizer = byteLevel();
    for (long seed = 0; seed < 200; seed++) {
      var text = randomText(new SplittableRandom(seed));
      assertEquals(text, tokenizer.decode(tokenizer.encode(text)), "seed " + seed);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hello", " hello", "a b  c ", "é, ü!", "👩‍👩‍👧", ""})
  void metaspaceTextComesBackToo(String text) throws IOException {
    var tokenizer = metaspace();
    assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
  }

  @Test
  void truncationAndPaddingOfTheFileAreSwitchedOff() throws IOException {
    assertEquals(12, byteLevel().encode("abcdefghijkm").length);
    assertEquals(1, byteLevel().encode("a").length);
  }

  @Test
  void specialTextBecomesItsIdAndNothingIsAdded() throws IOException {
    var tokenizer = byteLevel();
    int a = tokenizer.idOf("a").orElseThrow();
    assertArrayEquals(new int[] {a, 1, a, 2}, tokenizer.encode("a<s>a</s>"));
    assertEquals("a<s>a</s>", tokenizer.decode(new int[] {a, 1, a, 2}));
    assertEquals("aa", tokenizer.decode(new int[] {a, 1, a, 2}, true));
  }

  @Test
  void rolesComeFromTheFilesBeside() throws IOException {
    var tokenizer = byteLevel();
    assertEquals(OptionalInt.of(1), tokenizer.bosId());
    assertEquals(OptionalInt.of(2), tokenizer.eosId());
    assertEquals(Set.of(2), tokenizer.eosIds());
    assertEquals(264, tokenizer.vocabSize());
    assertEquals("<s>", tokenizer.token(1));
    assertEquals(OptionalInt.empty(), tokenizer.idOf("nosuch"));
    assertTrue(tokenizer.isSpecial(0) && tokenizer.isSpecial(2));
    assertFalse(tokenizer.isSpecial(3) || tokenizer.isSpecial(100_000));
    assertThrows(IllegalArgumentException.class, () -> tokenizer.token(264));
  }

  @Test
  void specialTokensMapCountsWhereTheConfigurationIsSilent() throws IOException {
    TinyTokenizers.writeByteLevel(dir);
    Files.writeString(dir.resolve("tokenizer_config.json"), "{\"bos_token\": null}");
    Files.writeString(
        dir.resolve("special_tokens_map.json"), "{\"bos_token\": {\"content\": \"</s>\"}}");
    var tokenizer = Tokenizer.open(dir);
    assertEquals(OptionalInt.of(2), tokenizer.bosId());
    assertEquals(OptionalInt.empty(), tokenizer.eosId());
  }

  @Test
  void theConfigurationDecidesWhetherBosIsAddedElseTheTokenizer() throws IOException {
    assertTrue(byteLevel().addBos());
    Files.writeString(
        dir.resolve("tokenizer_config.json"), "{\"bos_token\": \"<s>\", \"add_bos_token\": false}");
    assertFalse(Tokenizer.open(dir).addBos());
  }

  /// The library itself ends the process there (no entry found for key).
  @Test
  void aPostProcessorThatNamesAnUndefinedTokenIsHarmless() throws IOException {
    TinyTokenizers.writeByteLevel(dir);
    var file = dir.resolve("tokenizer.json");
    var defined = "\"special_tokens\":{\"<s>\":";
    assertTrue(Files.readString(file).contains(defined));
    Files.writeString(
        file, Files.readString(file).replace(defined, "\"special_tokens\":{\"<b>\":"));
    var tokenizer = Tokenizer.open(dir);
    assertFalse(tokenizer.addBos());
    assertEquals("hello", tokenizer.decode(tokenizer.encode("hello")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"added_tokens", "post_processor"})
  void aFieldOfAnotherKindIsRefusedInOneLine(String field) throws IOException {
    TinyTokenizers.writeByteLevel(dir);
    var file = dir.resolve("tokenizer.json");
    var json = (ObjectNode) JsonMapper.shared().readTree(file);
    json.putArray(field).addObject().put("type", 7);
    Files.writeString(file, json.toString());
    var e = assertThrows(CheckpointException.class, () -> Tokenizer.open(dir));
    assertTrue(e.getMessage().contains("damaged"), e.getMessage());
  }

  @Test
  void aCheckpointFillsInTheRoles() throws IOException {
    TinyCheckpoint.write(
        dir, TinyCheckpoint.CONFIG.replace("\"eos_token_id\": 2", "\"eos_token_id\": [0, 2]"));
    TinyTokenizers.writeByteLevel(dir);
    Files.delete(dir.resolve("tokenizer_config.json"));
    try (var arena = Arena.ofConfined()) {
      var tokenizer = Tokenizer.open(Checkpoint.open(dir, arena));
      assertEquals(OptionalInt.of(1), tokenizer.bosId());
      assertEquals(OptionalInt.of(0), tokenizer.eosId());
      assertEquals(Set.of(0, 2), tokenizer.eosIds());
    }
  }

  /// Gemma 3's text models come with the token of their family's images.
  @Test
  void anAddedTokenWithoutARowIsTextLikeAnyOther() throws IOException {
    TinyCheckpoint.write(dir, TinyCheckpoint.CONFIG);
    TinyTokenizers.writeByteLevel(dir);
    try (var arena = Arena.ofConfined()) {
      var checkpoint = Checkpoint.open(dir, arena);
      int rows = checkpoint.config().vocabSize();
      var file = dir.resolve("tokenizer.json");
      var added = "\"added_tokens\":[";
      var json = Files.readString(file);
      assertTrue(json.contains(added));
      var image = "{\"id\":%d,\"content\":\"<image>\",\"special\":true},".formatted(rows);
      Files.writeString(file, json.replace(added, added + image));
      var tokenizer = Tokenizer.open(checkpoint);
      int[] ids = tokenizer.encode("a<image>");
      assertTrue(Arrays.stream(ids).allMatch(id -> id < rows));
      assertEquals("a<image>", tokenizer.decode(ids));
    }
  }

  @Test
  void idsOfAPaddedEmbeddingGiveNoText() throws IOException {
    assertEquals("", byteLevel().decode(new int[] {264, 100_000}));
    assertThrows(IllegalArgumentException.class, () -> byteLevel().decode(new int[] {-1}));
  }

  @ParameterizedTest
  @ValueSource(ints = {0xD800, 0xDBFF, 0xDC00, 0xDFFF})
  void halfACharacterIsRefused(int surrogate) throws IOException {
    var tokenizer = byteLevel();
    for (var text :
        new String[] {
          "ab" + (char) surrogate, "ab" + (char) surrogate + "c", "ab" + (char) surrogate + "😀"
        }) {
      var e = assertThrows(UsageException.class, () -> tokenizer.encode(text));
      assertTrue(
          e.getMessage().contains("\\u%04x, at position 2".formatted(surrogate)), e.getMessage());
    }
  }

  @Test
  void streamedPiecesAreTheTextOfAllIdsWhateverTheIds() throws IOException {
    for (var tokenizer : new Tokenizer[] {byteLevel(), metaspace()}) {
      for (long seed = 0; seed < 500; seed++) {
        var random = new SplittableRandom(seed);
        int[] ids = random.ints(random.nextInt(30), 0, tokenizer.vocabSize() + 2).toArray();
        boolean skip = random.nextBoolean();
        assertEquals(
            tokenizer.decode(ids, skip),
            streamed(tokenizer, ids, skip),
            "seed " + seed + Arrays.toString(ids));
      }
    }
  }

  @Test
  void streamedPiecesAreTheTextOfRealText() throws IOException {
    for (var tokenizer : new Tokenizer[] {byteLevel(), metaspace()}) {
      for (long seed = 0; seed < 200; seed++) {
        var ids = tokenizer.encode(randomText(new SplittableRandom(seed)));
        assertEquals(tokenizer.decode(ids), streamed(tokenizer, ids, false), "seed " + seed);
      }
    }
  }

  @Test
  void aStreamNeverSplitsACharacter() throws IOException {
    for (var tokenizer : new Tokenizer[] {byteLevel(), metaspace()}) {
      var text = "he 👩‍👩‍👧 and € and é.";
      var stream = tokenizer.stream(true);
      for (int id : tokenizer.encode(text)) {
        var piece = stream.add(id);
        assertFalse(piece.contains("\uFFFD"), piece);
        assertTrue(piece.isEmpty() || !Character.isHighSurrogate(piece.charAt(piece.length() - 1)));
      }
    }
  }

  @Test
  void aStreamHandsOutWholeWordsAtOnce() throws IOException {
    var stream = byteLevel().stream(true);
    var pieces = Arrays.stream(byteLevel().encode("he he")).mapToObj(stream::add).toList();
    assertEquals(java.util.List.of("he", " he"), pieces);
  }

  private static String streamed(Tokenizer tokenizer, int[] ids, boolean skip) {
    var stream = tokenizer.stream(skip);
    var text = new StringBuilder();
    for (int id : ids) text.append(stream.add(id));
    return text.append(stream.finish()).toString();
  }

  private static String randomText(SplittableRandom random) {
    return IntStream.range(0, random.nextInt(40))
        .map(i ->
            switch (random.nextInt(4)) {
              case 0 -> ' ';
              case 1 -> random.nextInt('a', 'z' + 1);
              case 2 -> random.nextInt(0xD800);
              default -> random.nextInt(0xE000, 0x110000);
            })
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private Tokenizer byteLevel() throws IOException {
    TinyTokenizers.writeByteLevel(dir);
    return Tokenizer.open(dir);
  }

  private Tokenizer metaspace() throws IOException {
    TinyTokenizers.writeMetaspace(dir);
    return Tokenizer.open(dir);
  }
}
