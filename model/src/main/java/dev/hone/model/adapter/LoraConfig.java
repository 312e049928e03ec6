package dev.hone.model.adapter;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.FusedLayer;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.LinearLayer;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A low-rank adapter as PEFT's `LoraConfig` describes it: which linear layers, and with what rank
/// and scale.
///
/// @param rank inner dimension (`r`)
/// @param alpha the scale's numerator (`lora_alpha`)
/// @param targets which modules are adapted
/// @param dropout rate at which the adapter's input is dropped while training, `[0, 1)`
/// @param useRslora whether the scale is `alpha / √rank` (Kalajdzievski 2023, arXiv 2312.03732),
///   not `alpha / rank`
/// @param useDora whether the rows' lengths are learned by themselves (Liu et al. 2024, arXiv
///   2402.09353)
/// @param rankPattern other ranks by module pattern; the first key that matches counts
/// @param alphaPattern other alphas by module pattern; the first key that matches counts
/// @param exclude modules that are left alone although `targets` means them
/// @param layers which layers, where not all
/// @param saved what is trained as a whole beside them
/// @param tokens whose rows are
public record LoraConfig(
    int rank,
    double alpha,
    Targets targets,
    double dropout,
    boolean useRslora,
    boolean useDora,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern,
    Optional<Targets> exclude,
    LayerChoice layers,
    SavedModules saved,
    TrainedTokens tokens) {
  private static final List<String> NOT_ADAPTABLE =
      List.of(AdapterShape.EMBEDDING, AdapterShape.HEAD);

  public LoraConfig {
    requireRank(rank);
    requireAlpha(alpha);
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("lora dropout must be in [0, 1), got " + dropout);
    }
    rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
    alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
    rankPattern.values().forEach(LoraConfig::requireRank);
    alphaPattern.values().forEach(LoraConfig::requireAlpha);
  }

  /// One rank and alpha everywhere.
  public LoraConfig(int rank, double alpha, Targets targets, double dropout, boolean useRslora) {
    this(
        rank,
        alpha,
        targets,
        dropout,
        useRslora,
        false,
        Map.of(),
        Map.of(),
        Optional.empty(),
        LayerChoice.ALL,
        SavedModules.NONE,
        TrainedTokens.NONE);
  }

  private static void requireRank(int rank) {
    if (rank < 1) {
      throw new IllegalArgumentException("lora rank must be >= 1, got " + rank);
    }
  }

  private static void requireAlpha(double alpha) {
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException("lora alpha must be above zero, got " + alpha);
    }
  }

  /// Of twice the rank, with the same scale.
  LoraConfig doubled() {
    double factor = useRslora ? Math.sqrt(2) : 2;
    var ranks = new LinkedHashMap<>(rankPattern);
    ranks.replaceAll((key, value) -> 2 * value);
    var alphas = new LinkedHashMap<>(alphaPattern);
    alphas.replaceAll((key, value) -> factor * value);
    return new LoraConfig(
        2 * rank,
        factor * alpha,
        targets,
        dropout,
        useRslora,
        useDora,
        ranks,
        alphas,
        exclude,
        layers,
        saved,
        tokens);
  }

  /// The adapter that this is for a model. Where the model's files fuse linear layers
  /// ([FusedLayer]), a name means those that it is the name of, or those that it is the whole of.
  ///
  /// @throws UsageException when a target, an exception or a pattern means no linear layer of the
  ///   model, or one that cannot be adapted
  public AdapterShape shapeFor(ModelConfig model) {
    if (targets instanceof Targets.Names(var names)) {
      names.forEach(name -> requireMeaning(name, model));
    }
    if (exclude.isPresent() && exclude.get() instanceof Targets.Names(var names)) {
      names.forEach(name -> requireMeaning(name, model));
    }
    for (var patterns : List.of(rankPattern.keySet(), alphaPattern.keySet())) {
      patterns.forEach(pattern -> requireMatch(pattern, model));
    }
    layers.requireWithin(model.numLayers());
    saved.require(model);
    return shape(LinearLayer.modules(model), model);
  }

  /// The adapter that a file with this configuration holds: of modules as the model's files have
  /// them. Like PEFT content with one target that means something: files name modules of other
  /// architectures too.
  AdapterShape shapeAsPeft(ModelConfig model) {
    return shape(LinearLayer.storedModules(model), model);
  }

  private AdapterShape shape(List<String> of, ModelConfig model) {
    refuseNotAdaptable();
    var modules = modules(of, model);
    if (modules.isEmpty()) {
      throw meansNothing("the targets " + described(), model);
    }
    return new AdapterShape(modules, saved.of(model), tokens.of(model, saved));
  }

  private Map<String, AdapterShape.Module> modules(List<String> of, ModelConfig model) {
    var modules = new LinkedHashMap<String, AdapterShape.Module>();
    for (var module : of) {
      var names = names(module, model);
      if (isTarget(names)) {
        modules.put(module, at(names));
      }
    }
    return modules;
  }

  /// What a module may be called: by its own name, or that of the whole that it is stored in.
  private static List<String> names(String module, ModelConfig model) {
    var whole = model.form().isFused() ? FusedLayer.wholeOf(module) : module;
    return whole.equals(module) ? List.of(module) : List.of(module, whole);
  }

  /// @param called the names of one module
  private boolean isTarget(List<String> called) {
    if (exclude.isPresent() && called.stream().anyMatch(exclude.get()::matches)) {
      return false;
    }
    return called.stream().anyMatch(this::isTarget);
  }

  private boolean isTarget(String module) {
    return switch (targets) {
      // PEFT refuses files with both, and what is written of it is a list of names.
      case Targets.AllLinear() -> layers.includes(module);
      // PEFT asks whole names for no layer number.
      case Targets.Names(var names) when names.contains(module) -> true;
      case Targets.Names _ -> targets.matches(module) && layers.includes(module);
      case Targets.Regex _ -> targets.matches(module);
    };
  }

  private AdapterShape.Module at(List<String> called) {
    int r = firstMatch(rankPattern, called).orElse(rank);
    double a = firstMatch(alphaPattern, called).orElse(alpha);
    return new AdapterShape.Module(r, (float) (a / divisor(r)), useDora);
  }

  /// What an alpha is divided by at a rank.
  double divisor(int r) {
    return useRslora ? Math.sqrt(r) : r;
  }

  private static <T> Optional<T> firstMatch(Map<String, T> patterns, List<String> called) {
    return patterns.entrySet().stream()
        .filter(
            entry -> called.stream().anyMatch(ModuleRegex.ofPatternKey(entry.getKey())::matches))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /// This one in the words of files, for an adapter whose modules are what files have: this itself
  /// where it says so already.
  ///
  /// @param stored the adapter's modules, in the order in which they run
  LoraConfig describing(Map<String, AdapterShape.Module> stored, ModelConfig model) {
    var said = modules(LinearLayer.storedModules(model), model);
    return said.equals(stored)
        ? this
        : new StoredSettings(this, stored, LinearLayer.storedModules(model)).config();
  }

  private void refuseNotAdaptable() {
    for (var module : NOT_ADAPTABLE) {
      boolean isExcluded = exclude.isPresent() && exclude.get().matches(module);
      if (!(targets instanceof Targets.AllLinear) && !isExcluded && targets.matches(module)) {
        throw new UsageException(
            "an adapter on %s is not supported yet".formatted(module),
            "target linear layers of the blocks alone");
      }
    }
  }

  private static void requireMeaning(String name, ModelConfig model) {
    boolean isNotAdaptable =
        NOT_ADAPTABLE.stream().anyMatch(module -> Targets.Names.matches(name, module));
    if (!isNotAdaptable && allNames(model).noneMatch(m -> Targets.Names.matches(name, m))) {
      throw meansNothing("the target " + name, model);
    }
  }

  private static void requireMatch(String pattern, ModelConfig model) {
    if (allNames(model).noneMatch(ModuleRegex.ofPatternKey(pattern)::matches)) {
      throw meansNothing("the pattern " + pattern, model);
    }
  }

  private static Stream<String> allNames(ModelConfig model) {
    return LinearLayer.modules(model).stream().flatMap(module -> names(module, model).stream());
  }

  private static UsageException meansNothing(String what, ModelConfig model) {
    var last = "model.layers.%d.".formatted(model.numLayers() - 1);
    var names =
        allNames(model)
            .filter(name -> name.startsWith(last))
            .map(LoraConfig::leaf)
            .distinct()
            .collect(Collectors.joining(", "));
    return new UsageException(
        "%s names no linear layer of the model".formatted(what.replaceAll("\\p{Cntrl}", "?")),
        "there are %s in %s to %s; or all-linear for all of them"
            .formatted(names, "model.layers.0", "model.layers." + (model.numLayers() - 1)));
  }

  private String described() {
    return switch (targets) {
      case Targets.AllLinear() -> Targets.ALL_LINEAR;
      case Targets.Names(var names) -> String.join(", ", names);
      case Targets.Regex(var regex) -> "'" + regex + "'";
    };
  }

  /// Names that mean the same as `all-linear`, as they stand in files.
  static List<String> allLinearNames() {
    return Arrays.stream(LinearLayer.values())
        .map(linear -> leaf(linear.module(0)))
        .sorted()
        .toList();
  }

  static String leaf(String module) {
    return module.substring(module.lastIndexOf('.') + 1);
  }
}
