package dev.hone.model.adapter;

import dev.hone.model.decoder.AdapterShape.Module;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Says in the words of `adapter_config.json` which modules an adapter has, with what rank and
/// scale: what most have as `r` and `lora_alpha`, what others have by name.
///
/// @param like whose other settings stay
/// @param modules what is adapted, in the order in which it runs
/// @param candidates every module that could be
record StoredSettings(LoraConfig like, Map<String, Module> modules, List<String> candidates) {
  LoraConfig config() {
    return new LoraConfig(
        usual().rank(),
        alpha(usual()),
        new Targets.Names(targets()),
        like.dropout(),
        like.useRslora(),
        like.useDora(),
        exceptions(Module::rank),
        exceptions(this::alpha),
        Optional.empty(),
        LayerChoice.ALL,
        like.saved(),
        like.tokens());
  }

  private Module usual() {
    var all = List.copyOf(modules.values());
    return all.stream()
        .max(Comparator.comparingInt(module -> Collections.frequency(all, module)))
        .orElseThrow();
  }

  /// Names that mean these modules and no others; short ones where those do.
  private List<String> targets() {
    var leaves = modules.keySet().stream().map(LoraConfig::leaf).distinct().toList();
    boolean doLeaves =
        candidates.stream()
            .filter(module -> leaves.contains(LoraConfig.leaf(module)))
            .allMatch(modules::containsKey);
    return doLeaves ? leaves : List.copyOf(modules.keySet());
  }

  /// Where the usual value is not the module's.
  private <T> Map<String, T> exceptions(Function<Module, T> value) {
    var usual = value.apply(usual());
    var exceptions = new LinkedHashMap<String, T>();
    modules.forEach((name, module) -> {
      var own = value.apply(module);
      var leaf = LoraConfig.leaf(name);
      boolean isOfAll =
          modules.entrySet().stream()
              .filter(other -> LoraConfig.leaf(other.getKey()).equals(leaf))
              .allMatch(other -> value.apply(other.getValue()).equals(own));
      if (!own.equals(usual)) {
        exceptions.put(isOfAll ? leaf : name, own);
      }
    });
    return exceptions;
  }

  /// As round as one can be that gives the scale to the last bit.
  private double alpha(Module module) {
    double divisor = like.divisor(module.rank());
    double exact = module.scale() * divisor;
    double round = Math.rint(exact * 1e6) / 1e6;
    return (float) (round / divisor) == module.scale() ? round : exact;
  }
}
