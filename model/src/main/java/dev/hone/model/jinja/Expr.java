package dev.hone.model.jinja;

import java.util.List;
import java.util.Map;

/// An expression.
sealed interface Expr {
  /// @param value a value as the package doc lists them; `null` for `none`, [Undefined] where a
  ///   part was left out
  record Literal(Object value) implements Expr {}

  record Name(String name) implements Expr {}

  record ListOf(List<Expr> items) implements Expr {}

  record TupleOf(List<Expr> items) implements Expr {}

  record DictOf(List<Expr> keys, List<Expr> values) implements Expr {}

  /// `target.name`: the attribute first, then the item of that name.
  record Attribute(Expr target, String name) implements Expr {}

  /// `target[key]`: the item first, then the attribute of that name.
  record Item(Expr target, Expr key) implements Expr {}

  /// `target[start:stop:step]`; a part left out is the literal `none`.
  record Slice(Expr target, Expr start, Expr stop, Expr step) implements Expr {}

  record Call(Expr target, Args args) implements Expr {}

  record Filter(Expr target, String name, Args args) implements Expr {}

  record Test(Expr target, String name, Args args) implements Expr {}

  record Not(Expr operand) implements Expr {}

  record And(Expr left, Expr right) implements Expr {}

  record Or(Expr left, Expr right) implements Expr {}

  /// @param isNegative `-x`; else `+x`
  record Sign(boolean isNegative, Expr operand) implements Expr {}

  /// @param operator one of `+ - * / // % **`
  record Binary(String operator, Expr left, Expr right) implements Expr {}

  /// `a ~ b ~ c`
  record Concat(List<Expr> parts) implements Expr {}

  /// `first < a <= b`: a chain, every neighbouring pair must hold.
  record Compare(Expr first, List<Step> steps) implements Expr {}

  /// @param operator one of `== != < <= > >=`, `in`, `not in`
  record Step(String operator, Expr operand) {}

  /// `then if test else otherwise`
  record Conditional(Expr test, Expr then, Expr otherwise) implements Expr {}

  /// Arguments as written.
  record Args(List<Expr> positional, Map<String, Expr> named) {
    static final Args NONE = new Args(List.of(), Map.of());
  }
}
