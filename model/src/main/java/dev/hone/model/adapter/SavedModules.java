package dev.hone.model.adapter;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.LinearLayer;
import dev.hone.model.decoder.Parameter;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// PEFT's `modules_to_save`: modules that are trained as a whole and stored beside the adapter.
///
/// @param names what a module's name ends in, such as `embed_tokens` or `norm`
/// @param ensuresTying whether a head that is the embedding stays it (`ensure_weight_tying`)
public record SavedModules(List<String> names, boolean ensuresTying) {
  /// None at all.
  public static final SavedModules NONE = new SavedModules(List.of(), false);

  static final String EMBEDDING = AdapterShape.EMBEDDING + ".weight";
  static final String HEAD = AdapterShape.HEAD + ".weight";

  public SavedModules {
    names = List.copyOf(names);
  }

  /// The parameters of a model that are meant, by their checkpoint names; names that mean nothing
  /// are passed over, as PEFT does.
  ///
  /// @throws UsageException when one is meant that cannot be trained beside an adapter
  Set<String> of(ModelConfig model) {
    boolean isHeadMeant = names.stream().anyMatch(AdapterShape.HEAD::endsWith);
    var found =
        BaseWeights.parameters(model).stream()
            .map(Parameter::name)
            .filter(name -> isMeant(module(name)))
            .collect(Collectors.toSet());
    if (model.tieWordEmbeddings() && (isHeadMeant || found.contains(EMBEDDING))) {
      requireTying();
      found.add(EMBEDDING);
    }
    for (var name : found) {
      if (LinearLayer.modules(model).contains(module(name))) {
        throw new UsageException(
            "modules_to_save: training %s as a whole is not supported yet".formatted(module(name)),
            "name embed_tokens, lm_head or norms, and adapt linear layers");
      }
    }
    return found;
  }

  /// As [#of], and refuses names that mean nothing.
  Set<String> require(ModelConfig model) {
    for (var name : names) {
      var alone = new SavedModules(List.of(name), ensuresTying);
      if (alone.of(model).isEmpty()) {
        throw new UsageException(
            "modules_to_save: %s names no module of the model".formatted(name),
            "name embed_tokens, lm_head or norms such as norm or input_layernorm");
      }
    }
    if (ensuresTying && !model.tieWordEmbeddings()) {
      throw new UsageException(
          "there is nothing to tie: the model's head is not its embedding",
          "leave --ensure-weight-tying out");
    }
    return of(model);
  }

  /// PEFT would train one of the two and leave the other as it was, and warn of that.
  private void requireTying() {
    if (!ensuresTying) {
      throw new UsageException(
          "the model's head is its embedding, and modules_to_save would part them",
          "train both as one: --ensure-weight-tying, ensure_weight_tying in PEFT");
    }
  }

  private boolean isMeant(String module) {
    return names.stream().anyMatch(module::endsWith);
  }

  private static String module(String parameter) {
    return parameter.substring(0, parameter.lastIndexOf('.'));
  }
}
