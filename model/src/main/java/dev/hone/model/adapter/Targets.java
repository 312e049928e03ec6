package dev.hone.model.adapter;

import dev.hone.model.UsageException;
import java.util.Arrays;
import java.util.List;

/// Which modules are meant, in the three ways in which PEFT says it.
public sealed interface Targets {
  /// PEFT's word for [AllLinear].
  String ALL_LINEAR = "all-linear";

  /// Every linear layer but the output head.
  record AllLinear() implements Targets {}

  /// Modules by name: the whole name, or what follows a dot in it (`q_proj`, `self_attn.q_proj`).
  record Names(List<String> names) implements Targets {
    public Names {
      names = List.copyOf(names);
      if (names.isEmpty()) {
        throw new IllegalArgumentException("no target module is named");
      }
    }

    static boolean matches(String name, String module) {
      return module.equals(name) || module.endsWith("." + name);
    }
  }

  /// Modules whose whole name a regular expression matches.
  record Regex(String regex) implements Targets {}

  /// What a user writes: `all-linear`, or names with commas between.
  ///
  /// @throws UsageException when there is no name in it
  static Targets parse(String text) {
    if (text.strip().equalsIgnoreCase(ALL_LINEAR)) {
      return new AllLinear();
    }
    var names =
        Arrays.stream(text.split(",")).map(String::strip).filter(name -> !name.isEmpty()).toList();
    if (names.isEmpty()) {
      throw new UsageException(
          "no target module is named", "give all-linear, or names such as q_proj,v_proj");
    }
    return new Names(names);
  }

  /// As a user writes it.
  default String label() {
    return switch (this) {
      case AllLinear() -> ALL_LINEAR;
      case Names(var names) -> String.join(",", names);
      case Regex(var regex) -> regex;
    };
  }

  /// Whether a linear layer of this name is meant.
  default boolean matches(String module) {
    return switch (this) {
      case AllLinear() -> true;
      case Names(var names) -> names.stream().anyMatch(name -> Names.matches(name, module));
      case Regex(var regex) -> ModuleRegex.of(regex).matches(module);
    };
  }
}
