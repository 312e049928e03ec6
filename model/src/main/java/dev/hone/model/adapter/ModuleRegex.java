package dev.hone.model.adapter;

import dev.hone.model.UsageException;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A regular expression over module names, in Python's syntax as PEFT's files have it.
///
/// It comes from a file that anybody may have written, so that its length and its work are bounded:
/// an expression that backtracks without end is refused instead of hanging.
final class ModuleRegex {
  private static final int MAX_LENGTH = 4096;
  private static final int MAX_STEPS = 1_000_000;

  private final String source;
  private final Pattern pattern;

  private ModuleRegex(String source, Pattern pattern) {
    this.source = source;
    this.pattern = pattern;
  }

  /// @throws UsageException when it is no regular expression
  static ModuleRegex of(String source) {
    if (source.length() > MAX_LENGTH) {
      throw refused(
          source.substring(0, 40) + "…",
          "has %d characters, more than %d".formatted(source.length(), MAX_LENGTH));
    }
    try {
      return new ModuleRegex(source, Pattern.compile(source.replace("(?P<", "(?<")));
    } catch (PatternSyntaxException e) {
      throw refused(
          source,
          "is no regular expression (%s at position %d)"
              .formatted(e.getDescription(), e.getIndex()));
    }
  }

  /// PEFT's rule for the keys of `rank_pattern` and `alpha_pattern`: `(.*\.)?(key)$`.
  static ModuleRegex ofPatternKey(String key) {
    return of("(.*\\.)?(" + key + ")$");
  }

  /// Python's `re.fullmatch`.
  boolean matches(String module) {
    return match(module).isPresent();
  }

  /// What the named group holds where the whole of `module` matches.
  Optional<String> group(String module, String name) {
    return match(module).map(matcher -> matcher.group(name));
  }

  private Optional<MatchResult> match(String module) {
    try {
      var matcher = pattern.matcher(new Counted(module, new int[] {MAX_STEPS}));
      return matcher.matches() ? Optional.of(matcher.toMatchResult()) : Optional.empty();
    } catch (TooManySteps | StackOverflowError e) {
      throw refused(source, "takes too long to match '" + module + "'");
    }
  }

  private static UsageException refused(String source, String why) {
    return new UsageException(
        "the pattern '%s' %s".formatted(source.replaceAll("\\p{Cntrl}", "?"), why),
        "name the modules instead, such as q_proj,v_proj");
  }

  /// A text that may be looked at only so often.
  private record Counted(CharSequence text, int[] stepsLeft) implements CharSequence {
    @Override
    public char charAt(int index) {
      if (stepsLeft[0]-- == 0) {
        throw new TooManySteps();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Counted(text.subSequence(start, end), stepsLeft);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }

  private static final class TooManySteps extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
