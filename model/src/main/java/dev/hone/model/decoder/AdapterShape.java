package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.TokenRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which linear layers a low-rank adapter changes, and how. (Hu et al. 2021, arXiv 2106.09685)
///
/// @param modules by module name, such as `model.layers.0.self_attn.q_proj`
/// @param saved names of the base's parameters that it has a version of its own of
/// @param tokens ids whose rows it has a version of its own of, by [#EMBEDDING] and [#HEAD]; a tied
///   head goes with the embedding
public record AdapterShape(
    Map<String, Module> modules, Set<String> saved, Map<String, List<Integer>> tokens) {
  /// No adapter at all.
  public static final AdapterShape NONE = new AdapterShape(Map.of());

  /// What PEFT calls the magnitudes of a module.
  public static final String MAGNITUDE = ".lora_magnitude_vector";

  /// What it calls the rows of a module that tokens have.
  private static final String TOKEN_ROWS = ".token_adapter.trainable_tokens_delta";

  /// The modules that have a row for every token.
  public static final String EMBEDDING = "model.embed_tokens";

  public static final String HEAD = "lm_head";

  /// One adapted layer.
  ///
  /// @param rank inner dimension
  /// @param scale `alpha / rank`, or `alpha / √rank` for rsLoRA
  /// @param hasMagnitude whether every row of the adapted weight has a length that is learned by
  ///   itself (DoRA: Liu et al. 2024, arXiv 2402.09353)
  public record Module(int rank, float scale, boolean hasMagnitude) {
    /// Without magnitudes.
    public Module(int rank, float scale) {
      this(rank, scale, false);
    }

    public Module {
      if (rank < 1) {
        throw new IllegalArgumentException("lora rank must be >= 1, got " + rank);
      }
    }
  }

  public AdapterShape {
    modules = Map.copyOf(modules);
    saved = Set.copyOf(saved);
    tokens = Map.copyOf(tokens);
  }

  /// Of linear layers alone.
  public AdapterShape(Map<String, Module> modules) {
    this(modules, Set.of(), Map.of());
  }

  /// Of twice the rank everywhere, with the same scales.
  public AdapterShape doubled() {
    var doubled = new HashMap<String, Module>();
    modules.forEach(
        (name, m) -> doubled.put(name, new Module(2 * m.rank(), m.scale(), m.hasMagnitude())));
    return withModules(doubled);
  }

  /// The same with other linear layers.
  public AdapterShape withModules(Map<String, Module> others) {
    return new AdapterShape(others, saved, tokens);
  }

  public boolean isEmpty() {
    return modules.isEmpty() && saved.isEmpty() && tokens.isEmpty();
  }

  /// The rank at a module; 0 where it isn't adapted.
  public int rank(String module) {
    var m = modules.get(module);
    return m == null ? 0 : m.rank();
  }

  /// Whether any module has magnitudes.
  public boolean hasMagnitudes() {
    return modules.values().stream().anyMatch(Module::hasMagnitude);
  }

  /// Whether there is nothing but low-rank products: what every tool that reads adapters knows.
  public boolean isPlain() {
    return !hasMagnitudes() && saved.isEmpty() && tokens.isEmpty();
  }

  boolean hasMagnitude(String module) {
    var m = modules.get(module);
    return m != null && m.hasMagnitude();
  }

  public float scale(String module) {
    return modules.get(module).scale();
  }

  /// The parameter that has the rows of tokens in a module.
  public static String tokenRows(String module) {
    return module + TOKEN_ROWS;
  }

  /// The rows of tokens in a module, or none.
  ///
  /// @param parameters the adapter's
  public TokenRows tokenRows(String module, ParameterSet parameters) {
    var ids = tokens.getOrDefault(module, List.of());
    return ids.isEmpty()
        ? TokenRows.NONE
        : TokenRows.of(
            ids.stream().mapToInt(Integer::intValue).toArray(), parameters.get(tokenRows(module)));
  }

  /// Rows of the head that it has a version of its own of.
  int outputRows(ModelConfig config) {
    return tokens.getOrDefault(config.tieWordEmbeddings() ? EMBEDDING : HEAD, List.of()).size();
  }

  /// The adapter's parameters, `lora_A` before `lora_B` before the magnitudes, bottom to top, then
  /// the base's, then the rows of tokens.
  public List<Parameter> parameters(ModelConfig config) {
    var parameters = new ArrayList<Parameter>();
    for (var name : LinearLayer.modules(config)) {
      int rank = rank(name);
      if (rank > 0) {
        var linear = LinearLayer.of(name);
        parameters.add(Parameter.matrix(name + ".lora_A.weight", rank, linear.in(config)));
        parameters.add(Parameter.matrix(name + ".lora_B.weight", linear.out(config), rank));
        if (hasMagnitude(name)) {
          parameters.add(Parameter.vector(name + MAGNITUDE, linear.out(config)));
        }
      }
    }
    parameters.addAll(besideLayers(config));
    return parameters;
  }

  /// Those of its parameters that belong to no linear layer.
  public List<Parameter> besideLayers(ModelConfig config) {
    var parameters = new ArrayList<Parameter>();
    BaseWeights.parameters(config).stream()
        .filter(p -> saved.contains(p.name()))
        .forEach(parameters::add);
    for (var module : List.of(EMBEDDING, HEAD)) {
      var ids = tokens.getOrDefault(module, List.of());
      if (!ids.isEmpty()) {
        parameters.add(Parameter.matrix(tokenRows(module), ids.size(), config.hiddenSize()));
      }
    }
    return parameters;
  }
}
