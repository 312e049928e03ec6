package dev.hone.model.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The arguments of a call in the order of the parameters, to be read by position.
///
/// @param function what is called, for messages
/// @param values an empty one where the call leaves the parameter out
record Bound(String function, List<Optional<Argument>> values) {
  /// A value that was given; it may be `null`, which is Python's `None`.
  record Argument(Object value) {}

  /// Fits `arguments` to `signature`: names of parameters with spaces between, an optional one
  /// ending in `?`.
  static Bound of(String function, String signature, Function.Arguments arguments) {
    var names = signature.isEmpty() ? new String[0] : signature.split(" ");
    var given = arguments.positional();
    if (given.size() > names.length) {
      throw new TemplateException(
          "'%s' takes at most %d arguments, got %d"
              .formatted(function, names.length, given.size()));
    }
    var values = new ArrayList<Optional<Argument>>();
    for (var value : given) values.add(Optional.of(new Argument(value)));
    int used = 0;
    for (int i = given.size(); i < names.length; i++) {
      var name = names[i].replace("?", "");
      boolean isGiven = arguments.named().containsKey(name);
      if (isGiven) used++;
      else if (!names[i].endsWith("?"))
        throw new TemplateException("'%s' needs '%s'".formatted(function, name));
      values.add(
          isGiven ? Optional.of(new Argument(arguments.named().get(name))) : Optional.empty());
    }
    if (used < arguments.named().size()) {
      throw new TemplateException(
          "'%s' takes (%s), got %s".formatted(function, signature, arguments.named().keySet()));
    }
    return new Bound(function, values);
  }

  boolean has(int index) {
    return values.get(index).isPresent();
  }

  Object value(int index) {
    return value(index, null);
  }

  Object value(int index, Object otherwise) {
    return has(index) ? values.get(index).orElseThrow().value() : otherwise;
  }

  String text(int index) {
    if (value(index) instanceof String text) return text;
    throw wrong("a text", value(index));
  }

  /// `None` too stands for `otherwise`.
  String text(int index, String otherwise) {
    return value(index) == null ? otherwise : text(index);
  }

  int integer(int index, int otherwise) {
    if (value(index) == null) return otherwise;
    if (!Numbers.isIntegral(value(index)) || Numbers.big(value(index)).bitLength() > 31)
      throw wrong("an int", value(index));
    return Numbers.big(value(index)).intValue();
  }

  boolean isTrue(int index, boolean otherwise) {
    return has(index) ? Python.isTrue(value(index)) : otherwise;
  }

  private TemplateException wrong(String expected, Object got) {
    if (got instanceof Undefined undefined) return undefined.failure();
    return new TemplateException(
        "'%s' asks for %s, got %s".formatted(function, expected, Python.described(got)));
  }
}
