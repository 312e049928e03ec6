package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which linear layers a low-rank adapter changes, and how. (Hu et al. 2021, arXiv 2106.09685)
///
/// @param modules by module name, such as `model.layers.0.self_attn.q_proj`
/// @param saved names of the base's parameters that it has a version of its own of
public record AdapterShape(Map<String, Module> modules, Set<String> saved) {
  /// No adapter at all.
  public static final AdapterShape NONE = new AdapterShape(Map.of());

  /// What PEFT calls the magnitudes of a module.
  static final String MAGNITUDE = ".lora_magnitude_vector";

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
  }

  /// Of linear layers alone.
  public AdapterShape(Map<String, Module> modules) {
    this(modules, Set.of());
  }

  /// Of twice the rank everywhere, with the same scales.
  public AdapterShape doubled() {
    var doubled = new HashMap<String, Module>();
    modules.forEach(
        (name, m) -> doubled.put(name, new Module(2 * m.rank(), m.scale(), m.hasMagnitude())));
    return new AdapterShape(doubled, saved);
  }

  public boolean isEmpty() {
    return modules.isEmpty() && saved.isEmpty();
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

  boolean hasMagnitude(String module) {
    var m = modules.get(module);
    return m != null && m.hasMagnitude();
  }

  public float scale(String module) {
    return modules.get(module).scale();
  }

  /// The adapter's parameters, `lora_A` before `lora_B` before the magnitudes, bottom to top, then
  /// the base's.
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
    BaseWeights.parameters(config).stream()
        .filter(p -> saved.contains(p.name()))
        .forEach(parameters::add);
    return parameters;
  }
}
