package dev.hone.model.checkpoint;

import dev.hone.model.UsageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The keys of a GGUF file that hold a tokenizer and its chat template: the way back from
/// [GgufTokenizer].
final class GgufVocabulary {
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;
  private static final int BYTE = 6;

  private final Checkpoint model;
  private final JsonNode tokenizer;
  private final String[] tokens;
  private final int[] types;
  private final Map<String, Object> keys = new LinkedHashMap<>();

  private GgufVocabulary(Checkpoint model) throws CheckpointException {
    this.model = model;
    this.tokenizer = JsonFile.read(model.dir().resolve("tokenizer.json")).node();
    this.tokens = new String[model.config().vocabSize()];
    this.types = new int[tokens.length];
  }

  static Map<String, Object> of(Checkpoint model) throws CheckpointException {
    var vocabulary = new GgufVocabulary(model);
    vocabulary.readTokens();
    vocabulary.putModel();
    vocabulary.putRoles();
    vocabulary.putTemplate();
    return vocabulary.keys;
  }

  private void readTokens() throws CheckpointException {
    for (var token : tokenizer.path("model").path("vocab").properties()) {
      set(token.getValue().asInt(-1), token.getKey(), typeOf(token.getKey()));
    }
    var unknown = tokenizer.path("model").path("unk_token").asString("");
    for (var added : tokenizer.path("added_tokens")) {
      boolean isSpecial = added.path("special").asBoolean(false);
      var content = added.path("content").asString("");
      int type = isSpecial ? CONTROL : USER_DEFINED;
      int id = added.path("id").asInt(-1);
      if (id < tokens.length) { // a text model has no row for the images of its family
        set(id, content, content.equals(unknown) ? UNKNOWN : type);
      }
    }
    for (int id = 0; id < tokens.length; id++) {
      if (tokens[id] == null) set(id, "[PAD%d]".formatted(id), UNUSED);
    }
  }

  private int typeOf(String token) {
    boolean isByte = isSentencePiece() && token.matches("<0x[0-9A-Fa-f]{2}>");
    return isByte ? BYTE : NORMAL;
  }

  private void set(int id, String token, int type) throws CheckpointException {
    if (id < 0 || id >= tokens.length) {
      throw new CheckpointException(
          model.dir().resolve("tokenizer.json"),
          "token %s has the id %d, which the model lacks".formatted(Quoted.of(token), id));
    }
    tokens[id] = token;
    types[id] = type;
  }

  private boolean isSentencePiece() {
    return tokenizer.path("model").path("byte_fallback").asBoolean(false);
  }

  private void putModel() {
    if (!tokenizer.path("model").path("type").asString("").equals("BPE")) {
      throw GgufKeys.refused(model, "a tokenizer that is no BPE");
    }
    put("tokens", tokens);
    put("token_type", types);
    if (isSentencePiece()) {
      put("model", "llama");
      put("scores", scores());
      put("add_space_prefix", hasPrefix());
    } else {
      put("model", "gpt2");
      put("pre", preTokenizer());
      put("merges", merges().stream().map(pair -> String.join(" ", pair)).toArray(String[]::new));
    }
  }

  private String preTokenizer() {
    return GgufPreTokenizer.nameOf(tokenizer)
        .orElseThrow(() ->
            new UsageException(
                Quoted.oneLine(
                    model.dir()
                        + ": its pre-tokenizer has no name in GGUF, so others would cut"
                        + " words otherwise"),
                "export it to hf; known are " + GgufPreTokenizer.names()));
  }

  private boolean hasPrefix() {
    return tokenizer.path("normalizer").toString().contains("\"Prepend\"");
  }

  private List<List<String>> merges() {
    var merges = new ArrayList<List<String>>();
    for (var merge : tokenizer.path("model").path("merges")) {
      merges.add(
          merge.isArray()
              ? List.of(merge.get(0).asString(), merge.get(1).asString())
              : List.of(merge.asString().split(" ", 2)));
    }
    return merges;
  }

  /// SentencePiece joins the neighbours whose piece scores highest: pieces score by the first merge
  /// that makes them, and letters below all.
  private float[] scores() {
    var ranks = new HashMap<String, Integer>();
    for (var merge : merges()) ranks.putIfAbsent(String.join("", merge), ranks.size());
    var scores = new float[tokens.length];
    for (int id = 0; id < tokens.length; id++) {
      int last = ranks.size() + id;
      scores[id] = types[id] == NORMAL ? -ranks.getOrDefault(tokens[id], last) : 0;
    }
    return scores;
  }

  private void putRoles() throws CheckpointException {
    var named = SpecialTokens.read(model.dir());
    var ids = new HashMap<String, Integer>();
    for (int id = 0; id < tokens.length; id++) ids.put(tokens[id], id);
    for (var role : List.of("bos", "eos", "unk", "pad")) {
      var id = named.text(role + "_token").map(ids::get).or(() -> ofConfig(role));
      var key = role.equals("unk") ? "unknown" : role.equals("pad") ? "padding" : role;
      id.ifPresent(known -> put(key + "_token_id", known));
    }
    var ends = model.eosTokenIds();
    var eos = keys.get("tokenizer.ggml.eos_token_id");
    ends.stream()
        .filter(id -> !id.equals(eos))
        .findFirst()
        .ifPresent(id -> put("eot_token_id", id));
    boolean addsBos =
        named
            .addBosToken()
            .orElseGet(() -> tokenizer.path("post_processor").toString().contains("SpecialToken"));
    put("add_bos_token", addsBos && keys.containsKey("tokenizer.ggml.bos_token_id"));
  }

  private Optional<Integer> ofConfig(String role) {
    return switch (role) {
      case "bos" ->
          model.config().bosTokenId().isPresent()
              ? Optional.of(model.config().bosTokenId().getAsInt())
              : Optional.empty();
      case "eos" -> model.eosTokenIds().stream().findFirst();
      default -> Optional.empty();
    };
  }

  private void putTemplate() throws CheckpointException {
    var source = TemplateSource.find(model.dir());
    source.ifPresent(found ->
        found
            .texts()
            .forEach((name, text) ->
                keys.put(
                    "tokenizer.chat_template" + (name.equals("default") ? "" : "." + name), text)));
  }

  private void put(String key, Object value) {
    keys.put("tokenizer.ggml." + key, value);
  }
}
