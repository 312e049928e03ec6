package dev.hone.model.text;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.JsonFile;
import dev.hone.model.checkpoint.JsonObject;
import dev.hone.model.checkpoint.Quoted;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Tokens that a model's tokenizer is to get, checked: each is one id afterwards, wherever it
/// stands in a text, and its own text when decoded.
public final class NewTokens {
  private final Path dir;
  private final List<Token> tokens;
  private final boolean isSpecial;
  private final String tokenizerJson;

  /// A new token.
  ///
  /// @param content its text
  /// @param pieces the ids that spelled it before
  /// @param spelling what the vocabulary calls them
  public record Token(String content, int id, List<Integer> pieces, List<String> spelling) {
    public Token {
      pieces = List.copyOf(pieces);
      spelling = List.copyOf(spelling);
    }
  }

  private NewTokens(Path dir, List<Token> tokens, boolean isSpecial) throws CheckpointException {
    this.dir = dir;
    this.tokens = tokens;
    this.isSpecial = isSpecial;
    this.tokenizerJson =
        TokenizerJson.read(dir.resolve("tokenizer.json"))
            .within(tokens.getFirst().id())
            .with(tokens, isSpecial);
  }

  /// Gives each text the next id after the largest of the vocabulary.
  ///
  /// @param dir the model's directory
  /// @param tokenizer the one in it
  /// @param isSpecial whether they are left out of a text for people
  /// @throws UsageException for a text that is no token to add, or a tokenizer that cannot have it
  public static NewTokens of(
      Path dir, Tokenizer tokenizer, List<String> contents, boolean isSpecial)
      throws CheckpointException {
    if (contents.isEmpty()) throw new UsageException("there is no token to add", "give some");
    var tokens = new ArrayList<Token>();
    var seen = new LinkedHashSet<String>();
    for (var content : contents) {
      if (!seen.add(content)) throw refused(content, "is given twice", "give it once");
      tokens.add(token(tokenizer, content, tokenizer.vocabSize() + tokens.size()));
    }
    var added = new NewTokens(dir, List.copyOf(tokens), isSpecial);
    added.check();
    return added;
  }

  private static Token token(Tokenizer tokenizer, String content, int id) {
    if (content.isBlank()) {
      throw refused(
          content, "is %s".formatted(content.isEmpty() ? "empty" : "white space only"), "name one");
    }
    tokenizer.idOf(content).ifPresent(known -> refuseKnown(content, known));
    int[] pieces = tokenizer.encode(content);
    if (pieces.length == 1 && !tokenizer.isSpecial(pieces[0])) refuseKnown(content, pieces[0]);
    if (pieces.length == 0) {
      throw refused(
          content, "is nothing to this tokenizer, which drops its characters", "change it");
    }
    return new Token(
        content,
        id,
        Arrays.stream(pieces).boxed().toList(),
        Arrays.stream(pieces).mapToObj(tokenizer::token).toList());
  }

  private static void refuseKnown(String content, int id) {
    throw refused(
        content,
        "is a token already, with the id " + id,
        "leave it out; hone tune --train-tokens trains it as it is");
  }

  private static UsageException refused(String content, String why, String hint) {
    return new UsageException("new token %s %s".formatted(Quoted.of(content), why), hint);
  }

  /// Tries the tokenizer that has them, before anything is written.
  private void check() throws CheckpointException {
    var tokenizer =
        Tokenizer.of(dir.resolve("tokenizer.json"), tokenizerJson.getBytes(StandardCharsets.UTF_8));
    for (var token : tokens) {
      var content = token.content;
      int[] ids = {token.id};
      boolean isFound =
          Arrays.equals(tokenizer.encode(content), ids)
              && Arrays.stream(tokenizer.encode("a" + content + "a"))
                  .anyMatch(id -> id == token.id);
      if (!isFound) {
        throw refused(
            content,
            "is not read as one id by %s's tokenizer".formatted(dir),
            "take another text; a tokenizer whose ids have gaps gets no new ones");
      }
      // decoders of SentencePiece's kind drop a space at the beginning
      var decoded = tokenizer.decode(ids);
      if (!decoded.stripLeading().equals(content.stripLeading())) {
        throw refused(
            content,
            "comes back as %s from this tokenizer's decoder".formatted(Quoted.of(decoded)),
            "take ASCII characters");
      }
    }
  }

  public List<Token> tokens() {
    return tokens;
  }

  /// By new id, the ids that spelled it before.
  public SortedMap<Integer, List<Integer>> pieces() {
    var pieces = new TreeMap<Integer, List<Integer>>();
    for (var token : tokens) pieces.put(token.id, token.pieces);
    return pieces;
  }

  /// Writes the tokenizer's files with the tokens in them into the directory `out`. A file that
  /// lists added tokens gets them, and for special ones those that list the special ones; others
  /// are not written.
  public void write(Path out) throws CheckpointException {
    AtomicFile.write(out.resolve("tokenizer.json"), tokenizerJson);
    writeConfig(out);
    writeSpecialTokensMap(out);
    writeAddedTokens(out);
  }

  private void writeConfig(Path out) throws CheckpointException {
    var config = JsonFile.readIfPresent(dir.resolve("tokenizer_config.json"));
    if (config.isEmpty()) return;
    var decoder = config.get().object("added_tokens_decoder");
    if (decoder.isEmpty() && !isSpecial) return;
    if (decoder.isPresent()) {
      var object = (ObjectNode) decoder.get().node();
      removeBeyond(object, Map.Entry::getKey);
      tokens.forEach(token -> describe(token, object));
    }
    if (isSpecial) list(config.get());
    JsonFile.write(out.resolve("tokenizer_config.json"), config.get().node());
  }

  /// Takes out what has an id that the model had no row for, and a new token may have now.
  private void removeBeyond(ObjectNode tokens, Function<Map.Entry<String, JsonNode>, String> id) {
    int first = this.tokens.getFirst().id;
    var beyond =
        tokens.properties().stream()
            .filter(entry -> id.apply(entry).matches("\\d{1,9}"))
            .filter(entry -> Integer.parseInt(id.apply(entry)) >= first)
            .map(Map.Entry::getKey)
            .toList();
    tokens.remove(beyond);
  }

  private void describe(Token token, ObjectNode decoder) {
    decoder
        .putObject(Integer.toString(token.id))
        .put("content", token.content)
        .put("lstrip", false)
        .put("normalized", false)
        .put("rstrip", false)
        .put("single_word", false)
        .put("special", isSpecial);
  }

  private void writeSpecialTokensMap(Path out) throws CheckpointException {
    var map = JsonFile.readIfPresent(dir.resolve("special_tokens_map.json"));
    if (map.isEmpty() || !isSpecial) return;
    list(map.get());
    JsonFile.write(out.resolve("special_tokens_map.json"), map.get().node());
  }

  /// Transformers 5 writes the list as `extra_special_tokens`, and reads the older name too, which
  /// version 4 knows alone.
  private void list(JsonObject file) throws CheckpointException {
    var object = (ObjectNode) file.node();
    boolean isOfVersion5 = object.path("extra_special_tokens").isArray();
    var name = isOfVersion5 ? "extra_special_tokens" : "additional_special_tokens";
    var given = object.path(name);
    if (file.has(name) && !given.isArray()) throw file.wrong(name, given, "a list");
    var list = object.withArray(name);
    tokens.forEach(token -> list.add(token.content));
  }

  private void writeAddedTokens(Path out) throws CheckpointException {
    var ids = JsonFile.readIfPresent(dir.resolve("added_tokens.json"));
    if (ids.isEmpty()) return;
    var object = (ObjectNode) ids.get().node();
    removeBeyond(object, entry -> entry.getValue().asString(""));
    tokens.forEach(token -> object.put(token.content, token.id));
    JsonFile.write(out.resolve("added_tokens.json"), ids.get().node());
  }
}
