package dev.hone.model.adapter;

import dev.hone.model.UsageException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// PEFT's `layers_to_transform` and `layers_pattern`: only these layers, by their number in the
/// module's name.
///
/// @param layers numbers, from 0; empty for every layer
/// @param patterns regular expressions of what stands before the number; empty for any name
public record LayerChoice(List<Integer> layers, List<String> patterns) {
  /// Every layer.
  public static final LayerChoice ALL = new LayerChoice(List.of(), List.of());

  private static final Pattern ANY = Pattern.compile(".*?\\.[^.]*\\.(?<idx>\\d+)\\..*");

  public LayerChoice {
    layers = List.copyOf(layers);
    patterns = List.copyOf(patterns);
  }

  boolean includes(String module) {
    return layers.isEmpty() || layer(module).filter(layers::contains).isPresent();
  }

  /// Refuses layers that a model of `numLayers` doesn't have.
  void requireWithin(int numLayers) {
    for (int layer : layers) {
      if (layer >= numLayers) {
        throw new UsageException(
            "there is no layer %d in a model of %d layers".formatted(layer, numLayers),
            "number them from 0 to " + (numLayers - 1));
      }
    }
  }

  private Optional<Integer> layer(String module) {
    if (patterns.isEmpty()) {
      var matcher = ANY.matcher(module);
      return matcher.matches()
          ? Optional.of(Integer.valueOf(matcher.group("idx")))
          : Optional.empty();
    }
    return patterns.stream().flatMap(pattern -> layer(pattern, module).stream()).findFirst();
  }

  private static Optional<Integer> layer(String pattern, String module) {
    var regex = ModuleRegex.of("(?:|.*?\\.)(?:" + pattern + ")\\.(?<idx>\\d+)\\..*");
    return regex.group(module, "idx").map(Integer::valueOf);
  }
}
