/// An interpreter for the chat templates of models: Jinja as the Python library `transformers` sets it up, that is Jinja2's
/// immutable sandbox with `trim_blocks` and `lstrip_blocks`, loop controls, `{% generation %}` blocks, `raise_exception` and
/// `strftime_now`. Text in, text out: nothing of files, includes or HTML escaping.
///
/// The way through: [Lexer] (text to tokens, whitespace control) → [Parser] and [ExpressionParser] (tokens to [Node] and
/// [Expr]) → [Interpreter] (statements) and [Evaluator] (expressions) over [Python]'s values.
///
/// **Values** are those of JSON, as Java has them: `null` is Python's `None`, [Boolean], [Long] and
/// [java.math.BigInteger] (an int that fits is always a `Long`), [Double], [String], [java.util.List], [java.util.Map]; and a
/// few of the engine's own, such as [Undefined] and [Tuple]. Text is indexed by code point, as in Python.
///
/// What a template may not do is change a value it was given, and run for ever: [Budget].
///
/// A name that the engine doesn't know (tag, filter, test, method) is refused by name, never guessed. `safe` leaves its value
/// as it is: nothing is escaped here, so that a `Markup` that escapes what is added to it isn't imitated.
///
/// May use: nothing
package dev.hone.model.jinja;
