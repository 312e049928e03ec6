package dev.hone.tune.data;

import dev.hone.model.UsageException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What the gate found: for each rule how often it was broken, and where first.
///
/// @param counts how often each rule was broken; rules that were kept are absent
/// @param findings the first few of each rule, in the order of the rules
/// @param training what is trained
/// @param heldOut what is held out; all zero where nothing was
public record GateReport(
    Map<Check, Long> counts, List<Finding> findings, Totals training, Totals heldOut) {
  /// How many findings of a rule are kept.
  public static final int FINDINGS_PER_CHECK = 5;

  public GateReport {
    counts = counts.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(counts));
    findings = List.copyOf(findings);
  }

  public boolean isRefused() {
    return errors() > 0;
  }

  public long errors() {
    return count(Check.Severity.ERROR);
  }

  public long warnings() {
    return count(Check.Severity.WARNING);
  }

  /// How often a rule was broken.
  public long count(Check check) {
    return counts.getOrDefault(check, 0L);
  }

  private long count(Check.Severity severity) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey().severity() == severity)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /// The findings of one severity as lines to print: for each rule its first findings, how many
  /// more there are, its cure.
  public List<String> lines(Check.Severity severity) {
    var lines = new ArrayList<String>();
    counts.forEach((check, count) -> {
      if (check.severity() == severity) {
        lines.add("%s (%d): %s".formatted(check.code(), count, check.hint()));
        findingsOf(check).forEach(finding -> lines.add("  " + finding.text()));
        if (count > FINDINGS_PER_CHECK) {
          lines.add("  … and %d more".formatted(count - FINDINGS_PER_CHECK));
        }
      }
    });
    return lines;
  }

  private List<Finding> findingsOf(Check check) {
    return findings.stream().filter(finding -> finding.problem().check() == check).toList();
  }

  /// Refuses the run where there are errors.
  ///
  /// @throws UsageException with the first findings, their lines and their count
  public void refuseErrors() {
    if (!isRefused()) {
      return;
    }
    var errors = findings.stream().filter(finding -> finding.problem().check().isError()).toList();
    var message =
        errors() == 1
            ? errors.getFirst().text()
            : "the data gate found %d errors\n%s"
                .formatted(errors(), String.join("\n", lines(Check.Severity.ERROR)));
    throw new UsageException(message, errors.getFirst().problem().check().hint());
  }
}
