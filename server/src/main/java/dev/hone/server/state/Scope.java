package dev.hone.server.state;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What a key allows.
public enum Scope {
  /// Asking models.
  INFERENCE,
  /// Files, uploads, jobs and models of its tenant.
  FINE_TUNING,
  /// Keys, tenants, the audit log, and who else may ask the models of its tenant.
  ADMIN;

  /// As keys have it.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static String text(Set<Scope> scopes) {
    return new TreeSet<>(scopes).stream().map(Scope::label).collect(Collectors.joining(","));
  }

  static Set<Scope> parse(String text) {
    return Arrays.stream(text.split(","))
        .filter(word -> !word.isEmpty())
        .map(word -> valueOf(word.toUpperCase(Locale.ROOT)))
        .collect(Collectors.toUnmodifiableSet());
  }
}
