package dev.hone.model.text;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.JsonFile;
import dev.hone.model.checkpoint.ModelFile;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// What Hone itself needs to know of a `tokenizer.json`: its vocabulary, its special tokens, the
/// kind of its decoder. Read as a stream; the merges, most of a large file, are passed over.
final class TokenizerJson {
  private static final long MAX_BYTES = 1L << 28;
  private static final int MAX_ID = 1 << 24;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path path;
  private final String text;
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<String> tokens = new ArrayList<>();
  private final Set<Integer> special = new HashSet<>();
  private final List<JsonNode> added = new ArrayList<>();
  private JsonNode decoder = MissingNode.getInstance();
  private JsonNode postProcessor = MissingNode.getInstance();
  private int postProcessorStart;
  private int postProcessorEnd;
  private int addedStart;
  private int addedEnd;
  private boolean hasByteFallback;
  private boolean hasModel;

  private TokenizerJson(Path path, String text) {
    this.path = path;
    this.text = text;
  }

  static TokenizerJson read(Path path) throws CheckpointException {
    return parse(path, ModelFile.read(path, MAX_BYTES));
  }

  /// @param path where the content comes from, for messages
  static TokenizerJson parse(Path path, byte[] content) throws CheckpointException {
    var json = new TokenizerJson(path, decode(path, content));
    try (var parser = JSON.createParser(json.text)) {
      json.parse(parser);
    } catch (JacksonException e) {
      throw new CheckpointException(
          path,
          "is not valid JSON (%s); it is cut or damaged, download it again"
              .formatted(JsonFile.reason(e)),
          e);
    }
    return json;
  }

  private static String decode(Path path, byte[] bytes) throws CheckpointException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new CheckpointException(path, "is not UTF-8; it is damaged, download it again", e);
    }
  }

  /// The file's content for the library: without its post-processor, which only adds special
  /// tokens, and which takes the process along where it names one that it does not define.
  String text() {
    if (postProcessorEnd == 0) return text;
    return text.substring(0, postProcessorStart) + "null" + text.substring(postProcessorEnd);
  }

  /// The same without added tokens whose ids the model has no row for, as a text model has none for
  /// the images of its family: their text is text like any other then.
  TokenizerJson within(int vocabSize) throws CheckpointException {
    var kept =
        added.stream().filter(token -> token.path("id").asInt(vocabSize) < vocabSize).toList();
    if (kept.size() == added.size()) return this;
    var cut = text.substring(0, addedStart) + JSON.writeValueAsString(kept);
    return parse(path, (cut + text.substring(addedEnd + 1)).getBytes(StandardCharsets.UTF_8));
  }

  /// The file's content with more added tokens, behind those that it has; all else as it was.
  ///
  /// @throws UsageException when it has no list of them
  String with(List<NewTokens.Token> more, boolean isSpecial) {
    if (addedEnd == 0) {
      throw new UsageException(
          path + ": has no list added_tokens to put new tokens in",
          "save the tokenizer with transformers' fast tokenizer");
    }
    int end = text.substring(0, addedEnd).stripTrailing().length();
    var comma = added.isEmpty() ? "" : ",";
    return more.stream()
        .map(token -> entry(token, isSpecial))
        .collect(
            Collectors.joining(
                ",", text.substring(0, end) + comma, "\n  " + text.substring(addedEnd)));
  }

  private static String entry(NewTokens.Token token, boolean isSpecial) {
    return """

        {
          "id": %d,
          "content": %s,
          "single_word": false,
          "lstrip": false,
          "rstrip": false,
          "normalized": false,
          "special": %b
        }\
    """
        .formatted(token.id(), JSON.writeValueAsString(token.content()), isSpecial);
  }

  /// Whether the post-processor puts the token `id` in front of a text.
  boolean putsFirst(int id) {
    return firstSpecialTokens(postProcessor).anyMatch(first -> first.asInt(-1) == id);
  }

  Path path() {
    return path;
  }

  /// The text of each id; `null` where an id is not used.
  List<String> tokens() {
    return tokens;
  }

  Map<String, Integer> ids() {
    return ids;
  }

  /// Ids of the added tokens that the file calls special.
  Set<Integer> special() {
    return special;
  }

  /// Whether tokens like `<0xE2>` stand for single bytes, which the decoder puts together into
  /// characters.
  boolean hasByteFallback() {
    return hasByteFallback;
  }

  /// How a token turns into bytes; empty where that cannot be told token by token.
  Optional<TokenSpelling> spelling() {
    return TokenSpelling.of(decoder);
  }

  private void parse(JsonParser parser) throws CheckpointException {
    if (parser.nextToken() != JsonToken.START_OBJECT) throw broken("holds no JSON object");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "added_tokens" -> parseAdded(parser);
        case "decoder" -> decoder = tree(parser);
        case "model" -> parseModel(parser);
        case "post_processor" -> parsePostProcessor(parser);
        default -> parser.skipChildren();
      }
    }
    hasByteFallback = containsByteFallback(decoder);
    if (!hasModel) throw broken("has no model");
    if (ids.isEmpty()) throw broken("has no vocabulary");
    for (var token : added) addToken(token);
  }

  private void parseAdded(JsonParser parser) {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      parser.skipChildren();
      return;
    }
    addedStart = Math.toIntExact(parser.currentTokenLocation().getCharOffset());
    tree(parser).forEach(added::add);
    addedEnd = Math.toIntExact(parser.currentLocation().getCharOffset()) - 1;
  }

  private static JsonNode tree(JsonParser parser) {
    return parser.readValueAsTree();
  }

  private void parsePostProcessor(JsonParser parser) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return;
    }
    postProcessorStart = Math.toIntExact(parser.currentTokenLocation().getCharOffset());
    postProcessor = tree(parser);
    postProcessorEnd = Math.toIntExact(parser.currentLocation().getCharOffset());
  }

  /// What the post-processor puts in front of a text, if it is one token.
  private static Stream<JsonNode> firstSpecialTokens(JsonNode processor) {
    return switch (processor.path("type").asString("")) {
      case "TemplateProcessing" -> {
        var name = processor.path("single").path(0).path("SpecialToken").path("id").asString("");
        yield Stream.of(processor.path("special_tokens").path(name).path("ids").path(0));
      }
      case "BertProcessing", "RobertaProcessing" -> Stream.of(processor.path("cls").path(1));
      case "Sequence" ->
          processor.path("processors").valueStream().flatMap(TokenizerJson::firstSpecialTokens);
      default -> Stream.empty();
    };
  }

  private static boolean containsByteFallback(JsonNode decoder) {
    if (decoder.path("type").asString("").equals("ByteFallback")) return true;
    return decoder.path("decoders").valueStream().anyMatch(TokenizerJson::containsByteFallback);
  }

  private void parseModel(JsonParser parser) throws CheckpointException {
    if (parser.currentToken() != JsonToken.START_OBJECT) throw broken("field model is no object");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var field = parser.currentName();
      var value = parser.nextToken();
      if (!field.equals("vocab")) {
        parser.skipChildren();
      } else if (value == JsonToken.START_OBJECT) {
        parseIdsByToken(parser);
      } else if (value == JsonToken.START_ARRAY) {
        parseScoredTokens(parser);
      } else {
        throw broken("field model.vocab is neither an object nor a list");
      }
    }
    hasModel = true;
  }

  private void parseIdsByToken(JsonParser parser) throws CheckpointException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var token = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT)
        throw broken("token '" + token + "' has no integer id");
      put(token, parser.getNumberType() == JsonParser.NumberType.INT ? parser.getIntValue() : -1);
    }
  }

  private void parseScoredTokens(JsonParser parser) throws CheckpointException {
    for (int id = 0; parser.nextToken() != JsonToken.END_ARRAY; id++) {
      var pair = tree(parser);
      if (!pair.path(0).isString())
        throw broken("entry %d of model.vocab is not [token, score]".formatted(id));
      put(pair.get(0).stringValue(), id);
    }
  }

  private void addToken(JsonNode token) throws CheckpointException {
    if (!token.path("content").isString() || !token.path("id").canConvertToInt()) {
      throw broken("has an added token without content or id: " + token);
    }
    var content = token.get("content").stringValue();
    int id = token.get("id").intValue();
    if (ids.getOrDefault(content, -1) != id) put(content, id);
    if (token.path("special").asBoolean(false)) special.add(id);
  }

  private void put(String token, int id) throws CheckpointException {
    if (id < 0 || id >= MAX_ID)
      throw broken("token '%s' has an id outside 0 to %d".formatted(token, MAX_ID - 1));
    while (tokens.size() <= id) tokens.add(null);
    var before = tokens.set(id, token);
    if (before != null)
      throw broken("tokens '%s' and '%s' share the id %d".formatted(before, token, id));
    if (ids.put(token, id) != null) throw broken("token '%s' has two ids".formatted(token));
  }

  CheckpointException broken(String what) {
    return new CheckpointException(path, what + "; it is damaged, download it again");
  }
}
