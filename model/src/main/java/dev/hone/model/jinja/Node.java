package dev.hone.model.jinja;

import java.util.List;
import java.util.Optional;

/// A statement.
sealed interface Node {
  /// Where it begins, from 1.
  int line();

  record Text(int line, String text) implements Node {}

  /// `{{ value }}`
  record Print(int line, Expr value) implements Node {}

  /// `{% set target = value %}`
  record Set(int line, Target target, Expr value) implements Node {}

  /// `{% set target | filter %}body{% endset %}`
  ///
  /// @param value the name [#BODY] with filters around it
  record SetBlock(int line, Target target, Expr value, List<Node> body) implements Node {
    /// What `value` calls the rendered body; no name of a template can be this.
    static final String BODY = "<body>";
  }

  record If(int line, List<Branch> branches, List<Node> otherwise) implements Node {}

  record Branch(Expr test, List<Node> body) {}

  record For(
      int line,
      Target target,
      Expr items,
      Optional<Expr> filter,
      List<Node> body,
      List<Node> otherwise)
      implements Node {}

  /// @param defaults for the last parameters
  record Macro(int line, String name, List<String> parameters, List<Expr> defaults, List<Node> body)
      implements Node {}

  /// `{% generation %}body{% endgeneration %}`: what the assistant says.
  record Generation(int line, List<Node> body) implements Node {}

  record Break(int line) implements Node {}

  record Continue(int line) implements Node {}

  /// What a value is assigned to.
  sealed interface Target {
    record Name(String name) implements Target {}

    /// An attribute of a `namespace`.
    record Attribute(String namespace, String name) implements Target {}

    record Unpack(List<Target> targets) implements Target {}
  }
}
