package dev.hone.model.serve;

/// Is told of an answer while it grows, on the engine's thread: it must return at once, or all wait
/// for it. What it throws ends its own request.
@FunctionalInterface
public interface AnswerListener {
  /// Takes the next piece of text, whole characters; together they are the answer's text.
  void text(String piece);

  /// Takes the next token's scores, where the request asks for them; before its text.
  default void token(TokenScore score) {}
}
