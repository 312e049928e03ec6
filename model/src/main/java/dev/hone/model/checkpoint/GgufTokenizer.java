package dev.hone.model.checkpoint;

import dev.hone.model.UsageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The `tokenizer.json` and `tokenizer_config.json` of the tokenizer in a GGUF file: byte-level BPE
/// (`gpt2`), or SentencePiece's BPE (`llama`), whose merges are found from the scores of its
/// pieces.
final class GgufTokenizer {
  /// Roles of tokens by the keys `tokenizer.ggml.ROLE_token_id`, where the name differs.
  private static final Map<String, String> ROLES =
      Map.of(
          "bos", "bos", "eos", "eos", "eot", "eot", "eom", "eom", "unk", "unknown", "pad",
          "padding");

  private static final String KEYS = "tokenizer.ggml.";
  private static final String SPACE = "▁";

  private final GgufFile file;
  private final List<String> tokens;
  private final List<Long> types;

  /// What a token is, ggml's numbers.
  private static final long UNKNOWN = 2;

  private static final long CONTROL = 3;
  private static final long USER_DEFINED = 4;

  private GgufTokenizer(GgufFile file) throws CheckpointException {
    this.file = file;
    this.tokens = file.list(KEYS + "tokens", String.class);
    if (tokens.isEmpty()) {
      throw new CheckpointException(file.path(), "lacks the key " + KEYS + "tokens");
    }
    var given = file.list(KEYS + "token_type", Long.class);
    this.types = given.isEmpty() ? java.util.Collections.nCopies(tokens.size(), 1L) : given;
    if (types.size() != tokens.size()) {
      throw new CheckpointException(
          file.path(),
          "has %d tokens, but %d of token_type".formatted(tokens.size(), types.size()));
    }
  }

  /// Ids of the roles that tokens play: `bos`, `eos`, `eot`, `eom`, `unk`, `pad`, where the file
  /// gives them.
  static Map<String, Integer> roles(GgufFile file) throws CheckpointException {
    int size = file.list(KEYS + "tokens", String.class).size();
    var roles = new LinkedHashMap<String, Integer>();
    for (var role : ROLES.entrySet()) {
      // 2³² − 1 stands for none
      var id = file.values().get(KEYS + role.getValue() + "_token_id");
      if (id instanceof Long number && number >= 0 && number < size) {
        roles.put(role.getKey(), number.intValue());
      }
    }
    return roles;
  }

  static ObjectNode json(GgufFile file) throws CheckpointException {
    var tokenizer = new GgufTokenizer(file);
    var model = file.requireText(KEYS + "model");
    var json = JsonNodeFactory.instance.objectNode();
    json.put("version", "1.0");
    json.putNull("truncation");
    json.putNull("padding");
    tokenizer.addTokens(json);
    switch (model) {
      case "gpt2" -> tokenizer.byteLevel(json);
      case "llama" -> tokenizer.sentencePiece(json);
      default ->
          throw new UsageException(
              Quoted.oneLine("%s: tokenizer model %s".formatted(file.path(), model))
                  + " is not supported yet",
              "supported: gpt2 (byte-level BPE) and llama (SentencePiece BPE)");
    }
    return json;
  }

  private void addTokens(ObjectNode json) throws CheckpointException {
    var model = file.text("general.name").orElse("");
    var added = json.putArray("added_tokens");
    for (int id = 0; id < tokens.size(); id++) {
      long type = types.get(id);
      if (type == CONTROL || type == USER_DEFINED || type == UNKNOWN) {
        added
            .addObject()
            .put("id", id)
            .put("content", tokens.get(id))
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", PhiTokens.strips(model, tokens.get(id)))
            .put("normalized", type == USER_DEFINED && tokens.get(id).contains(SPACE))
            .put("special", type != USER_DEFINED);
      }
    }
  }

  private void byteLevel(ObjectNode json) throws CheckpointException {
    var name = file.text(KEYS + "pre").orElse("default");
    var pre =
        GgufPreTokenizer.byName(name)
            .orElseThrow(() ->
                new UsageException(
                    Quoted.oneLine("%s: pre-tokenizer %s".formatted(file.path(), name))
                        + " is not supported yet",
                    "supported: " + GgufPreTokenizer.names()));
    pre.write(json);
    json.putNull("post_processor");
    json.putObject("decoder")
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", false);
    var model = bpe(json, false, pre.ignoresMerges());
    var merges = model.putArray("merges");
    for (var merge : file.list(KEYS + "merges", String.class)) merges.add(merge);
  }

  private void sentencePiece(ObjectNode json) throws CheckpointException {
    boolean addsSpace = file.bool(KEYS + "add_space_prefix", true);
    var normalizers = json.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    if (addsSpace) normalizers.addObject().put("type", "Prepend").put("prepend", SPACE);
    var replace = normalizers.addObject().put("type", "Replace").put("content", SPACE);
    replace.putObject("pattern").put("String", " ");
    json.putNull("pre_tokenizer");
    json.putNull("post_processor");
    var decoders = json.putObject("decoder").put("type", "Sequence").putArray("decoders");
    var back = decoders.addObject().put("type", "Replace").put("content", " ");
    back.putObject("pattern").put("String", SPACE);
    decoders.addObject().put("type", "ByteFallback");
    decoders.addObject().put("type", "Fuse");
    if (addsSpace) {
      decoders.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }
    var model = bpe(json, true, false);
    var merges = model.putArray("merges");
    for (var merge : merges()) merges.addArray().add(merge.left).add(merge.right);
  }

  private ObjectNode bpe(ObjectNode json, boolean isByteFallback, boolean ignoresMerges)
      throws CheckpointException {
    var model = json.putObject("model").put("type", "BPE");
    model.putNull("dropout");
    var unknown = roles(file).get("unk");
    model.put("unk_token", unknown == null ? null : tokens.get(unknown));
    model.putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix");
    model.put("fuse_unk", isByteFallback);
    model.put("byte_fallback", isByteFallback);
    model.put("ignore_merges", ignoresMerges);
    var vocab = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) vocab.put(tokens.get(id), id);
    return model;
  }

  private record Merge(String left, String right, double score) {}

  /// Every way to put a piece together from two others, the best pieces first: SentencePiece joins
  /// the neighbours whose piece has the highest score.
  private List<Merge> merges() throws CheckpointException {
    var scores = file.list(KEYS + "scores", Double.class);
    if (scores.size() != tokens.size()) {
      throw new CheckpointException(
          file.path(), "has %d tokens, but %d scores".formatted(tokens.size(), scores.size()));
    }
    var ids = new HashMap<String, Integer>();
    for (int id = 0; id < tokens.size(); id++) ids.put(tokens.get(id), id);
    var merges = new ArrayList<Merge>();
    for (int id = 0; id < tokens.size(); id++) {
      if (types.get(id) != 1) continue;
      var piece = tokens.get(id);
      var ofPiece = new ArrayList<Merge>();
      for (int i = 1; i < piece.length(); i++) {
        var left = piece.substring(0, i);
        var right = piece.substring(i);
        if (ids.containsKey(left) && ids.containsKey(right)) {
          ofPiece.add(new Merge(left, right, scores.get(id)));
        }
      }
      ofPiece.sort(
          Comparator.<Merge>comparingInt(m -> ids.get(m.left))
              .thenComparingInt(m -> ids.get(m.right)));
      merges.addAll(ofPiece);
    }
    merges.sort(Comparator.comparingDouble((Merge m) -> m.score).reversed());
    return merges;
  }

  static ObjectNode config(GgufFile file) throws CheckpointException {
    var json = JsonNodeFactory.instance.objectNode();
    var tokens = file.list(KEYS + "tokens", String.class);
    var roles = roles(file);
    for (var role : List.of("bos", "eos", "unk", "pad")) {
      if (roles.containsKey(role)) json.put(role + "_token", tokens.get(roles.get(role)));
    }
    boolean isSentencePiece = file.requireText(KEYS + "model").equals("llama");
    json.put("add_bos_token", file.bool(KEYS + "add_bos_token", isSentencePiece));
    var template = file.text("tokenizer.chat_template");
    var forTools = file.text("tokenizer.chat_template.tool_use");
    if (template.isPresent() && forTools.isPresent()) {
      var all = json.putArray("chat_template");
      all.addObject().put("name", "default").put("template", template.get());
      all.addObject().put("name", "tool_use").put("template", forTools.get());
    } else {
      template.ifPresent(text -> json.put("chat_template", text));
    }
    return json;
  }
}
