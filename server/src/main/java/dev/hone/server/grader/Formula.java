package dev.hone.server.grader;

import dev.hone.model.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Pattern;

/// An arithmetic expression over named numbers: `+ - * / ^`, parentheses, and the functions `min`,
/// `max`, `abs`, `floor`, `ceil`, `exp`, `sqrt` and `log`, which is the natural logarithm.
record Formula(Term term) {
  private static final int LONGEST = 1_000;
  private static final String HINT = "as in (exact + 2 * max(near, 0.5)) / 3";
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:((?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)|([A-Za-z_]\\w*)|([-+*/^(),]))\\s*");
  private static final Map<String, DoubleUnaryOperator> FUNCTIONS =
      Map.of(
          "abs", Math::abs,
          "floor", Math::floor,
          "ceil", Math::ceil,
          "exp", Math::exp,
          "sqrt", Math::sqrt,
          "log", Math::log);
  private static final Map<String, DoubleBinaryOperator> FOLDS =
      Map.of("min", Math::min, "max", Math::max);

  /// A part of it.
  @FunctionalInterface
  interface Term {
    double of(Map<String, Double> values);
  }

  /// @param names that it may use
  /// @throws UsageException where it is none, or uses another name
  static Formula parse(String text, Set<String> names) {
    if (text.length() > LONGEST) {
      throw new UsageException("the formula has more than %,d letters".formatted(LONGEST), HINT);
    }
    return new Formula(new Parser(tokens(text), names).whole());
  }

  /// @return NaN or infinite where it has no result
  double of(Map<String, Double> values) {
    return term.of(values);
  }

  private static List<String> tokens(String text) {
    var tokens = new ArrayList<String>();
    var matcher = TOKEN.matcher(text);
    int end = 0;
    while (matcher.find() && matcher.start() == end) {
      tokens.add(matcher.group().strip());
      end = matcher.end();
    }
    if (end < text.length()) {
      throw new UsageException("the formula has '%c'".formatted(text.charAt(end)), HINT);
    }
    return tokens;
  }

  /// Reads it from its tokens, by recursive descent.
  private static final class Parser {
    private final List<String> tokens;
    private final Set<String> names;
    private int at;

    Parser(List<String> tokens, Set<String> names) {
      this.tokens = tokens;
      this.names = names;
    }

    Term whole() {
      var term = sum();
      if (at < tokens.size()) {
        throw unexpected();
      }
      return term;
    }

    private boolean take(String token) {
      boolean isNext = at < tokens.size() && tokens.get(at).equals(token);
      at += isNext ? 1 : 0;
      return isNext;
    }

    private void require(String token) {
      if (!take(token)) {
        throw unexpected();
      }
    }

    private UsageException unexpected() {
      var what = at < tokens.size() ? "has '%s' in a wrong place" : "ends too early";
      return new UsageException(
          "the formula " + (at < tokens.size() ? what.formatted(tokens.get(at)) : what), HINT);
    }

    private static Term both(Term one, DoubleBinaryOperator operator, Term other) {
      return values -> operator.applyAsDouble(one.of(values), other.of(values));
    }

    private Term sum() {
      var term = product();
      while (true) {
        if (take("+")) {
          term = both(term, Double::sum, product());
        } else if (take("-")) {
          term = both(term, (a, b) -> a - b, product());
        } else {
          return term;
        }
      }
    }

    private Term product() {
      var term = signed();
      while (true) {
        if (take("*")) {
          term = both(term, (a, b) -> a * b, signed());
        } else if (take("/")) {
          term = both(term, (a, b) -> a / b, signed());
        } else {
          return term;
        }
      }
    }

    private Term signed() {
      if (take("-")) {
        var term = signed();
        return values -> -term.of(values);
      }
      return take("+") ? signed() : power();
    }

    /// Binds tighter than a sign in front, and its exponent may have one.
    private Term power() {
      var base = part();
      return take("^") ? both(base, Math::pow, signed()) : base;
    }

    private Term part() {
      if (take("(")) {
        var inner = sum();
        require(")");
        return inner;
      }
      if (at == tokens.size()) {
        throw unexpected();
      }
      var token = tokens.get(at);
      char first = token.charAt(0);
      if (first == '.' || Character.isDigit(first)) {
        at++;
        double number = Double.parseDouble(token);
        return values -> number;
      }
      if (!Character.isLetter(first) && first != '_') {
        throw unexpected();
      }
      at++;
      return take("(") ? function(token) : variable(token);
    }

    private Term variable(String name) {
      if (!names.contains(name)) {
        throw new UsageException("the formula has '%s', which is no grader".formatted(name), HINT);
      }
      return values -> values.get(name);
    }

    private Term function(String name) {
      var term = sum();
      if (FOLDS.containsKey(name)) {
        while (take(",")) {
          term = both(term, FOLDS.get(name), sum());
        }
        require(")");
        return term;
      }
      require(")");
      if (!FUNCTIONS.containsKey(name)) {
        throw new UsageException(
            "the formula has '%s', which is no function".formatted(name), HINT);
      }
      var argument = term;
      return values -> FUNCTIONS.get(name).applyAsDouble(argument.of(values));
    }
  }
}
