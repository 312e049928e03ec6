package dev.hone.model.jinja;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What stands after `is`.
final class TypeTests {
  private static final Routine.Body<Object> EQUAL =
      (py, value, args) -> py.equal(value, args.value(0));
  private static final Routine.Body<Object> UNEQUAL =
      (py, value, args) -> !py.equal(value, args.value(0));
  private static final Routine.Body<Object> LESS =
      (py, value, args) -> py.compare(value, args.value(0)) < 0;
  private static final Routine.Body<Object> AT_MOST =
      (py, value, args) -> py.compare(value, args.value(0)) <= 0;
  private static final Routine.Body<Object> GREATER =
      (py, value, args) -> py.compare(value, args.value(0)) > 0;
  private static final Routine.Body<Object> AT_LEAST =
      (py, value, args) -> py.compare(value, args.value(0)) >= 0;

  private static final Map<String, Routine<Object>> ALL =
      Map.ofEntries(
          of("boolean", "", (py, value, args) -> value instanceof Boolean),
          of(
              "callable",
              "",
              (py, value, args) -> value instanceof Function || value instanceof Undefined),
          of("defined", "", (py, value, args) -> !(value instanceof Undefined)),
          of("divisibleby", "num", (py, value, args) -> rest(value, args.value(0)).signum() == 0),
          of("eq", "other", EQUAL),
          of("==", "other", EQUAL),
          of("equalto", "other", EQUAL),
          of("even", "", (py, value, args) -> rest(value, 2L).signum() == 0),
          of("false", "", (py, value, args) -> Boolean.FALSE.equals(value)),
          of("float", "", (py, value, args) -> value instanceof Double),
          of("ge", "other", AT_LEAST),
          of(">=", "other", AT_LEAST),
          of("gt", "other", GREATER),
          of(">", "other", GREATER),
          of("greaterthan", "other", GREATER),
          of("in", "seq", (py, value, args) -> py.contains(args.value(0), value)),
          of(
              "integer",
              "",
              (py, value, args) -> value instanceof Long || value instanceof BigInteger),
          of("iterable", "", (py, value, args) -> Python.isIterable(value)),
          of("le", "other", AT_MOST),
          of("<=", "other", AT_MOST),
          of("lessthan", "other", LESS),
          of(
              "lower",
              "",
              (py, value, args) -> isCased(value, TextMethods.lower(Python.str(value)))),
          of("lt", "other", LESS),
          of("<", "other", LESS),
          of("mapping", "", (py, value, args) -> value instanceof Map),
          of("ne", "other", UNEQUAL),
          of("!=", "other", UNEQUAL),
          of("none", "", (py, value, args) -> value == null),
          of("number", "", (py, value, args) -> Numbers.isNumber(value)),
          of("odd", "", (py, value, args) -> rest(value, 2L).signum() != 0),
          of("sameas", "other", (py, value, args) -> Objects.equals(value, args.value(0))),
          of("sequence", "", (py, value, args) -> isSequence(value)),
          of("string", "", (py, value, args) -> value instanceof String),
          of("true", "", (py, value, args) -> Boolean.TRUE.equals(value)),
          of("undefined", "", (py, value, args) -> value instanceof Undefined),
          of(
              "upper",
              "",
              (py, value, args) -> isCased(value, TextMethods.upper(Python.str(value)))));

  private TypeTests() {}

  private static Map.Entry<String, Routine<Object>> of(
      String name, String signature, Routine.Body<Object> body) {
    return Map.entry(name, new Routine<>(signature, body));
  }

  static boolean isKnown(String name) {
    return ALL.containsKey(name);
  }

  static boolean isTrue(Python python, String name, Object value, Function.Arguments arguments) {
    if (!isKnown(name)) throw new TemplateException("the test '" + name + "' is not supported");
    return Python.isTrue(ALL.get(name).apply(python, name, value, arguments));
  }

  private static BigInteger rest(Object value, Object divisor) {
    if (value instanceof Undefined undefined) throw undefined.failure();
    return Numbers.big(Numbers.arithmetic("%", Numbers.ofBig(Numbers.big(value)), divisor));
  }

  private static boolean isCased(Object value, String cased) {
    var text = Python.str(value);
    return text.equals(cased) && !TextMethods.lower(text).equals(TextMethods.upper(text));
  }

  private static boolean isSequence(Object value) {
    return value instanceof String
        || value instanceof List
        || value instanceof Map
        || value instanceof Undefined;
  }
}
