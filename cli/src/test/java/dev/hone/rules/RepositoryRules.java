package dev.hone.rules;

import dev.hone.rules.SourceFile.Use;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What CONTRIBUTING.md says about sources, and the compiler doesn't check.
///
/// Which packages of the project a package may use stands in its `package-info.java`, in a
/// paragraph `May use: dev.hone.tensor, dev.hone.model.text` or `May use: nothing`. Tests may use
/// anything.
final class RepositoryRules {
  private static final String PROJECT = "dev.hone";
  private static final int MAX_LINES = 600;
  private static final Set<String> VAGUE_PACKAGES =
      Set.of("util", "utils", "common", "helper", "helpers", "core");
  private static final Set<String> CONSOLE_MODULES = Set.of("cli", "bench");
  private static final Pattern VAGUE_TYPE = Pattern.compile("\\w+(Manager|Helper|Impl|Utils?)");
  private static final Pattern SKIP = Pattern.compile("Disabled\\w*|Ignore|Enabled(On|If|For)\\w*");
  private static final Pattern MAY_USE =
      Pattern.compile("May use:(.*?)(?=\\R///\\s*\\R|\\R[^/]|\\z)", Pattern.DOTALL);
  private static final Pattern LOOSE_END =
      Pattern.compile("(?:/{2}|^\\s*\\*).*\\b(?:TODO|FIXME|XXX)\\b(?!\\(#\\d+\\))");

  private final Map<String, Set<String>> mayUse;
  private final List<String> violations = new ArrayList<>();

  private RepositoryRules(List<SourceFile> sources) {
    this.mayUse =
        sources.stream()
            .filter(source -> source.isMain() && source.isPackageInfo())
            .collect(
                Collectors.toMap(SourceFile::packageName, RepositoryRules::mayUse, (a, _) -> a));
  }

  /// One line for each violation; empty when the sources keep the rules.
  static List<String> violations(List<SourceFile> sources) {
    var rules = new RepositoryRules(sources);
    sources.forEach(rules::check);
    rules.checkCycles();
    return rules.violations;
  }

  private void check(SourceFile source) {
    if (source.isMain()) checkPackage(source);
    if (source.isMain() && !CONSOLE_MODULES.contains(source.module())) checkConsole(source);
    checkSkips(source);
    checkText(source);
    for (var type : source.types()) {
      if (VAGUE_TYPE.matcher(type.name()).matches()) {
        report(source, type, "name the type after what it is, not " + type.name());
      }
    }
  }

  private void checkPackage(SourceFile source) {
    var own = source.packageName();
    if (VAGUE_PACKAGES.contains(own.substring(own.lastIndexOf('.') + 1))) {
      violations.add("%s: package %s says nothing of its content".formatted(source.path(), own));
    }
    if (!mayUse.containsKey(own)) {
      violations.add("%s: package %s has no package-info.java".formatted(source.path(), own));
      return;
    }
    for (var use : source.qualifiedNames()) {
      var used = packageOf(use.name());
      if (isProjectPackage(used) && !used.equals(own) && !mayUse.get(own).contains(used)) {
        report(source, use, "%s may not use %s (see its package-info.java)".formatted(own, used));
      }
    }
  }

  private void checkConsole(SourceFile source) {
    forbid(
        source,
        source.qualifiedNames(),
        name -> name.matches("(java\\.lang\\.)?System\\.(out|err|exit|in)"),
        "only the command line and the benches read, print and exit");
    forbid(
        source,
        source.calls(),
        "printStackTrace"::equals,
        "throw, or say what happened; print no stack trace");
  }

  private void checkSkips(SourceFile source) {
    var why = "no test may be skipped";
    forbid(source, source.annotations(), name -> SKIP.matcher(name).matches(), why);
    forbid(source, source.calls(), name -> name.matches("assume[A-Z]\\w*|assumingThat"), why);
  }

  private void checkText(SourceFile source) {
    var lines = source.text().lines().toList();
    if (source.isMain() && lines.size() > MAX_LINES) {
      violations.add("%s: %d lines, at most %d".formatted(source.path(), lines.size(), MAX_LINES));
    }
    for (var i = 0; i < lines.size(); i++) {
      if (LOOSE_END.matcher(lines.get(i)).find()) {
        report(source, new Use("", i + 1), "give the issue, as in TODO(#12)");
      }
    }
  }

  /// Reports each cycle among the packages' permissions, once.
  private void checkCycles() {
    var done = new HashSet<String>();
    for (var start : new TreeSet<>(mayUse.keySet())) visit(start, new ArrayList<>(), done);
  }

  private void visit(String name, List<String> path, Set<String> done) {
    if (path.contains(name)) {
      var cycle = new ArrayList<>(path.subList(path.indexOf(name), path.size()));
      cycle.add(name);
      violations.add("packages use each other in a circle: " + String.join(" -> ", cycle));
      return;
    }
    if (done.contains(name)) return;
    path.add(name);
    for (var used : new TreeSet<>(mayUse.getOrDefault(name, Set.of()))) visit(used, path, done);
    path.removeLast();
    done.add(name);
  }

  private static Set<String> mayUse(SourceFile packageInfo) {
    var matcher = MAY_USE.matcher(packageInfo.text());
    if (!matcher.find()) return Set.of();
    return Pattern.compile("[a-z0-9_]+(\\.[a-z0-9_]+)+")
        .matcher(matcher.group(1))
        .results()
        .map(result -> result.group())
        .collect(Collectors.toSet());
  }

  private static boolean isProjectPackage(String name) {
    return name.startsWith(PROJECT + ".");
  }

  /// The leading segments that begin with a small letter: `dev.hone.model` of
  /// `dev.hone.model.Shape.of`.
  private static String packageOf(String name) {
    var segments = new ArrayList<String>();
    for (var segment : name.split("\\.")) {
      if (!Character.isLowerCase(segment.charAt(0))) return String.join(".", segments);
      segments.add(segment);
    }
    return ""; // no type in it: a field access, or the head of a longer name
  }

  private void forbid(
      SourceFile source, List<Use> uses, Predicate<String> isForbidden, String why) {
    for (var use : uses) {
      if (isForbidden.test(use.name())) report(source, use, why + ": " + use.name());
    }
  }

  private void report(SourceFile source, Use use, String what) {
    violations.add("%s:%d: %s".formatted(source.path(), use.line(), what));
  }
}
