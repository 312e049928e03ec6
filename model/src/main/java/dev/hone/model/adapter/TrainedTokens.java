package dev.hone.model.adapter;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// PEFT's `trainable_token_indices`: tokens whose rows in the embedding, and perhaps in the head,
/// are trained and stored beside the adapter.
///
/// @param ids by what a module's name ends in: `embed_tokens` or `lm_head`
public record TrainedTokens(Map<String, List<Integer>> ids) {
  /// None at all.
  public static final TrainedTokens NONE = new TrainedTokens(Map.of());

  static final String EMBEDDING = "embed_tokens";

  public TrainedTokens {
    var sorted = new TreeMap<String, List<Integer>>(); // one order, that a run can be gone on with
    ids.forEach((module, of) -> {
      if (!of.isEmpty()) sorted.put(module, List.copyOf(of));
    });
    ids = Collections.unmodifiableMap(sorted);
  }

  /// The tokens' rows wherever a model has some: a head of its own learns to say them.
  public static TrainedTokens of(List<Integer> ids, ModelConfig model) {
    return new TrainedTokens(
        model.tieWordEmbeddings()
            ? Map.of(EMBEDDING, ids)
            : Map.of(EMBEDDING, ids, AdapterShape.HEAD, ids));
  }

  public boolean isEmpty() {
    return ids.isEmpty();
  }

  /// By the modules of a model.
  ///
  /// @param saved what is trained as a whole
  /// @throws UsageException when a model has no such tokens, or they cannot be trained like this
  Map<String, List<Integer>> of(ModelConfig model, SavedModules saved) {
    var found = new LinkedHashMap<String, List<Integer>>();
    ids.forEach((name, of) -> {
      var module = module(name);
      if (saved.of(model).contains(module + ".weight")) {
        throw refused("%s is trained as a whole already".formatted(name), "name it in one of them");
      }
      requireTokens(of, model);
      if (found.put(module, of) != null) {
        throw refused(name + " is named twice", "name it once");
      }
    });
    if (model.tieWordEmbeddings() && found.containsKey(AdapterShape.HEAD)) {
      var ofHead = found.remove(AdapterShape.HEAD);
      if (!ofHead.equals(found.get(AdapterShape.EMBEDDING))) {
        throw refused(
            "the model's head is its embedding, and other tokens of each would part them",
            "name the same tokens, or embed_tokens alone");
      }
    }
    return found;
  }

  private static String module(String name) {
    for (var module : List.of(AdapterShape.EMBEDDING, AdapterShape.HEAD)) {
      if (("." + module).endsWith("." + name)) return module;
    }
    throw refused(
        "%s has no row for every token".formatted(name.replaceAll("\\p{Cntrl}", "?")),
        "name embed_tokens or lm_head");
  }

  private static void requireTokens(List<Integer> ids, ModelConfig model) {
    var seen = new HashSet<Integer>();
    for (int id : ids) {
      if (id < 0 || id >= model.vocabSize()) {
        throw refused(
            "token %d is none of the model's %d".formatted(id, model.vocabSize()),
            "the adapter may belong to another base, whose vocabulary is larger");
      }
      if (!seen.add(id)) {
        throw refused("token %d is named twice".formatted(id), "name it once");
      }
    }
  }

  private static UsageException refused(String what, String hint) {
    return new UsageException("trainable_token_indices: " + what, hint);
  }
}
