package dev.hone.rag.update;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Who may read which document: lines `GLOB: label, label`, the first that fits a document counts.
/// A document that no line fits has no label, and nobody can read it.
public final class AccessRules {
  private final List<Rule> rules;

  private record Rule(PathMatcher glob, Set<String> labels) {}

  private AccessRules(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /// @throws UsageException when a line is no rule
  public static AccessRules read(Path file) throws IOException {
    var rules = new ArrayList<Rule>();
    int number = 0;
    for (var line : Files.readAllLines(file)) {
      number++;
      if (!line.isBlank() && !line.startsWith("#")) {
        rules.add(rule(file, number, line));
      }
    }
    return new AccessRules(rules);
  }

  private static Rule rule(Path file, int number, String line) {
    int colon = line.lastIndexOf(':');
    if (colon < 1) {
      throw new UsageException(
          "%s, line %d: is not of the form GLOB: label, label".formatted(file, number),
          "for instance: hr/**: hr, board");
    }
    var labels = new LinkedHashSet<String>();
    Arrays.stream(line.substring(colon + 1).split(","))
        .map(String::strip)
        .filter(label -> !label.isEmpty())
        .forEach(labels::add);
    var glob = FileSystems.getDefault().getPathMatcher("glob:" + line.substring(0, colon).strip());
    return new Rule(glob, labels);
  }

  Set<String> labels(String source) {
    var path = Path.of(source);
    return rules.stream()
        .filter(rule -> rule.glob().matches(path))
        .findFirst()
        .map(Rule::labels)
        .orElse(Set.of());
  }
}
