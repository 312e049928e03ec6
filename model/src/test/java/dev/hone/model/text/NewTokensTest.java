package dev.hone.model.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

class NewTokensTest {
  private static final List<String> TOKENS = List.of("<ticket>", "</ticket>", "<|tool call|>");
  @TempDir private Path dir;

  private enum Kind {
    BYTE_LEVEL,
    METASPACE
  }

  private Path base(Kind kind) throws IOException {
    var base = dir.resolve("base");
    switch (kind) {
      case BYTE_LEVEL -> TinyTokenizers.writeByteLevel(base);
      case METASPACE -> TinyTokenizers.writeMetaspace(base);
    }
    return base;
  }

  private NewTokens added(Path base, List<String> tokens, boolean isSpecial) throws IOException {
    return NewTokens.of(base, Tokenizer.open(base), tokens, isSpecial);
  }

  /// The base's files with those of the new tokens over them.
  private Path written(Path base, NewTokens added) throws IOException {
    var out = Files.createDirectory(dir.resolve("out"));
    try (var files = Files.list(base)) {
      for (var file : files.toList()) Files.copy(file, out.resolve(file.getFileName()));
    }
    added.write(out);
    return out;
  }

  private static JsonNode json(Path file) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(file));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void eachIsOneIdInTheMiddleOfAText(Kind kind) throws IOException {
    var base = base(kind);
    var before = Tokenizer.open(base);
    var added = added(base, TOKENS, false);
    var tokenizer = Tokenizer.open(written(base, added));
    for (var token : added.tokens()) {
      var text = "hello" + token.content() + " a " + token.content() + token.content();
      int[] ids = tokenizer.encode(text);
      assertEquals(3, Arrays.stream(ids).filter(id -> id == token.id()).count(), text);
      // a tokenizer that puts a space in front of a text does so behind an added token too
      assertEquals(text, tokenizer.decode(ids).replace("  ", " "));
      assertArrayEquals(new int[] {token.id()}, tokenizer.encode(token.content()));
      assertEquals(token.content(), tokenizer.decode(new int[] {token.id()}));
      assertEquals(token.pieces(), Arrays.stream(before.encode(token.content())).boxed().toList());
    }
    assertEquals(before.vocabSize() + TOKENS.size(), tokenizer.vocabSize());
    assertArrayEquals(before.encode("he <all>, hello!"), tokenizer.encode("he <all>, hello!"));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void onlySpecialOnesAreLeftOutOfAText(Kind kind) throws IOException {
    var base = base(kind);
    var added = added(base, List.of("<x>"), kind == Kind.METASPACE);
    var tokenizer = Tokenizer.open(written(base, added));
    var shown = tokenizer.decode(tokenizer.encode("a<x>"), true);
    assertEquals(kind == Kind.METASPACE ? "a" : "a<x>", shown);
    assertEquals(kind == Kind.METASPACE, tokenizer.isSpecial(added.tokens().getFirst().id()));
  }

  @Test
  void nothingElseOfTheTokenizerChanges() throws IOException {
    var base = base(Kind.BYTE_LEVEL);
    var out = written(base, added(base, TOKENS, false));
    var was = json(base.resolve("tokenizer.json"));
    var is = json(out.resolve("tokenizer.json"));
    var tokens = (ArrayNode) is.get("added_tokens");
    for (int i = TOKENS.size() - 1; i >= 0; i--) {
      var token = tokens.remove(tokens.size() - 1);
      assertEquals(TOKENS.get(i), token.get("content").stringValue());
      assertFalse(token.get("special").booleanValue() || token.get("normalized").booleanValue());
    }
    assertEquals(was, is);
    assertEquals(
        -1,
        Files.mismatch(
            base.resolve("tokenizer_config.json"), out.resolve("tokenizer_config.json")));
  }

  @Test
  void filesThatListTokensGetThem() throws IOException {
    var base = base(Kind.BYTE_LEVEL);
    Files.writeString(
        base.resolve("tokenizer_config.json"),
        "{\"added_tokens_decoder\": {}, \"extra_special_tokens\": [\"<s>\"], \"scale\": 1e-05}");
    Files.writeString(base.resolve("special_tokens_map.json"), "{\"unk_token\": \"<unk>\"}");
    Files.writeString(base.resolve("added_tokens.json"), "{\"<s>\": 1}");
    var added = added(base, List.of("<x>"), true);
    int id = added.tokens().getFirst().id();
    var out = written(base, added);
    var config = json(out.resolve("tokenizer_config.json"));
    var described = config.get("added_tokens_decoder").get("" + id);
    assertEquals("<x>", described.get("content").stringValue());
    assertTrue(described.get("special").booleanValue());
    assertEquals("[\"<s>\",\"<x>\"]", config.get("extra_special_tokens").toString());
    assertEquals(1e-5, config.get("scale").doubleValue());
    assertEquals(
        "{\"unk_token\":\"<unk>\",\"additional_special_tokens\":[\"<x>\"]}",
        json(out.resolve("special_tokens_map.json")).toString());
    assertEquals(
        "{\"<s>\":1,\"<x>\":%d}".formatted(id), json(out.resolve("added_tokens.json")).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "'', is empty",
    "' \t', is white space only",
    "<s>, 'is a token already, with the id 1'",
    "Ġhe, 'is a token already, with the id 261'",
    "' he', 'is a token already, with the id 261'",
    "<é>, comes back as",
    "a\uD800, half a character"
  })
  void whatIsNoTokenToAddIsRefused(String token, String why) throws IOException {
    var base = base(Kind.BYTE_LEVEL);
    var e = assertThrows(UsageException.class, () -> added(base, List.of("<x>", token), false));
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  @Test
  void oneGivenTwiceAndNoneAreRefused() throws IOException {
    var base = base(Kind.BYTE_LEVEL);
    var e = assertThrows(UsageException.class, () -> added(base, List.of("<x>", "<x>"), false));
    assertEquals("new token '<x>' is given twice", e.getMessage());
    assertThrows(UsageException.class, () -> added(base, List.of(), false));
  }

  @Test
  void aFirstAddedTokenHasNoneBeforeIt() throws IOException {
    var base = base(Kind.BYTE_LEVEL);
    var file = base.resolve("tokenizer.json");
    var text =
        Files.readString(file).replaceFirst("\"added_tokens\":\\[.*?\\]", "\"added_tokens\":[ ]");
    Files.writeString(file, text);
    var tokenizer = Tokenizer.open(written(base, added(base, List.of("<x>"), false)));
    assertEquals("a<x>a", tokenizer.decode(tokenizer.encode("a<x>a")));
    Files.writeString(file, text.replace("\"added_tokens\":[ ],", ""));
    var e = assertThrows(UsageException.class, () -> added(base, List.of("<x>"), false));
    assertTrue(e.getMessage().contains("no list added_tokens"), e.getMessage());
  }

  @Test
  void idsWithGapsAreRefused() throws IOException {
    var base = base(Kind.BYTE_LEVEL);
    var file = base.resolve("tokenizer.json");
    Files.writeString(file, Files.readString(file).replace("\"ĠĠ\":263", "\"ĠĠ\":300"));
    var e = assertThrows(UsageException.class, () -> added(base, List.of("<x>"), false));
    assertTrue(e.getMessage().contains("is not read as one id"), e.getMessage());
  }
}
