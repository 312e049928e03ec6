package dev.hone.model.jinja;

import dev.hone.model.jinja.Token.Kind;
import java.util.List;

/// The tokens of a template, read from front to back.
final class TokenStream {
  private final List<Token> tokens;
  private int next;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(next);
  }

  Token peekSecond() {
    return tokens.get(Math.min(next + 1, tokens.size() - 1));
  }

  /// Takes a token; the last one, [Kind#END], is never used up.
  Token take() {
    var token = peek();
    if (token.kind() != Kind.END) next++;
    return token;
  }

  boolean isNext(Kind kind) {
    return peek().kind() == kind;
  }

  boolean takeOperator(String operator) {
    boolean isThere = peek().isOperator(operator);
    if (isThere) next++;
    return isThere;
  }

  boolean takeName(String name) {
    boolean isThere = peek().isName(name);
    if (isThere) next++;
    return isThere;
  }

  void expectOperator(String operator) {
    if (!takeOperator(operator)) throw unexpected("'" + operator + "'");
  }

  Token expect(Kind kind, String what) {
    if (!isNext(kind)) throw unexpected(what);
    return take();
  }

  SyntaxError unexpected(String expected) {
    return error("expected %s, got %s".formatted(expected, peek().described()));
  }

  SyntaxError error(String message) {
    return new SyntaxError(message, peek().line());
  }
}
