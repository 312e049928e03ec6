package dev.hone.model.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What Python does with values: truth, text, equality, order, items. One per rendering, for its
/// [Budget].
record Python(Budget budget) {

  /// A value given from outside in the engine's own types (package doc), all the way down; the
  /// result shares no map or list.
  static Object valueOf(Object given) {
    return switch (given) {
      case null -> null;
      case String text -> text;
      case Boolean bool -> bool;
      case Double number -> number;
      case Float number -> number.doubleValue();
      case BigInteger number -> Numbers.ofBig(number);
      case java.math.BigDecimal number -> number.doubleValue();
      case Number number -> number.longValue();
      case Map<?, ?> map -> {
        var copy = new LinkedHashMap<Object, Object>();
        map.forEach((key, value) -> copy.put(valueOf(key), valueOf(value)));
        yield copy;
      }
      case List<?> list -> {
        var copy = new ArrayList<Object>(list.size());
        for (var item : list) copy.add(valueOf(item));
        yield copy;
      }
      default ->
          throw new IllegalArgumentException("no template value: " + given.getClass().getName());
    };
  }

  /// How an error calls the type of `value`, as Jinja2 does.
  static String described(Object value) {
    return switch (value) {
      case null -> "'None'";
      case Undefined undefined -> "an undefined value";
      case String text -> "'str object'";
      case Boolean bool -> "'bool object'";
      case Double number -> "'float object'";
      case Number number -> "'int object'";
      case Tuple tuple -> "'tuple object'";
      case List<?> list -> "'list object'";
      case Map<?, ?> map -> "'dict object'";
      case Namespace namespace -> "'namespace object'";
      case Generator generator -> "'generator object'";
      case LoopState loop -> "'loop object'";
      case Function function -> "'function object'";
      default ->
          throw new IllegalStateException("no template value: " + value.getClass().getName());
    };
  }

  static boolean isTrue(Object value) {
    return switch (value) {
      case null -> false;
      case Boolean bool -> bool;
      case String text -> !text.isEmpty();
      case Number number -> Numbers.asDouble(number) != 0;
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      case Generator.View view -> !view.items().isEmpty();
      case Undefined undefined -> false;
      default -> true;
    };
  }

  /// `str(value)`: what printing gives.
  static String str(Object value) {
    if (value instanceof String text) return text;
    var out = new StringBuilder();
    if (!(value instanceof Undefined)) repr(value, out);
    return out.toString();
  }

  private static void repr(Object value, StringBuilder out) {
    switch (value) {
      case null -> Budget.append(out, "None");
      case Undefined undefined -> Budget.append(out, "Undefined");
      case String text -> Budget.append(out, PythonText.quoted(text));
      case Boolean bool -> Budget.append(out, bool ? "True" : "False");
      case Double number -> Budget.append(out, PythonText.ofDouble(number));
      case Number number -> Budget.append(out, number.toString());
      case Tuple tuple -> reprItems("(", tuple, tuple.size() == 1 ? ",)" : ")", out);
      case List<?> list -> reprItems("[", list, "]", out);
      case Map<?, ?> map -> reprMap(map, out);
      case Generator.View view -> reprItems("dict_" + view.name() + "([", view.items(), "])", out);
      default ->
          throw new TemplateException(
              "%s cannot be printed: is '()' missing?".formatted(described(value)));
    }
  }

  private static void reprItems(String open, Iterable<?> items, String close, StringBuilder out) {
    var between = open;
    for (var item : items) {
      Budget.append(out, between);
      repr(item, out);
      between = ", ";
    }
    Budget.append(out, between.equals(open) ? open + close : close);
  }

  private static void reprMap(Map<?, ?> map, StringBuilder out) {
    var between = "{";
    for (var entry : map.entrySet()) {
      Budget.append(out, between);
      repr(entry.getKey(), out);
      Budget.append(out, ": ");
      repr(entry.getValue(), out);
      between = ", ";
    }
    Budget.append(out, map.isEmpty() ? "{}" : "}");
  }

  /// `a == b`
  boolean equal(Object a, Object b) {
    budget.step();
    if (a == null || b == null) return a == null && b == null;
    if (Numbers.isNumber(a) && Numbers.isNumber(b)) return Numbers.compare(a, b) == 0;
    if (a instanceof Undefined && b instanceof Undefined) return true;
    if (a instanceof List<?> left && b instanceof List<?> right) return equalLists(left, right);
    if (a instanceof Map<?, ?> left && b instanceof Map<?, ?> right) return equalMaps(left, right);
    budget.spendOn(a);
    return a.equals(b);
  }

  private boolean equalLists(List<?> a, List<?> b) {
    if (a.size() != b.size() || a instanceof Tuple != b instanceof Tuple) return false;
    for (int i = 0; i < a.size(); i++) {
      if (!equal(a.get(i), b.get(i))) return false;
    }
    return true;
  }

  private boolean equalMaps(Map<?, ?> a, Map<?, ?> b) {
    if (a.size() != b.size()) return false;
    for (var entry : a.entrySet()) {
      if (!b.containsKey(entry.getKey()) || !equal(entry.getValue(), b.get(entry.getKey())))
        return false;
    }
    return true;
  }

  /// Negative, zero or positive as `a` is less than, equal to or greater than `b`.
  int compare(Object a, Object b) {
    budget.step();
    if (a instanceof Undefined undefined) throw undefined.failure();
    if (b instanceof Undefined undefined) throw undefined.failure();
    if (Numbers.isNumber(a) && Numbers.isNumber(b)) return Numbers.compare(a, b);
    if (a instanceof String left && b instanceof String right) return compareText(left, right);
    if (a instanceof List<?> left
        && b instanceof List<?> right
        && a instanceof Tuple == b instanceof Tuple) {
      for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
        if (!equal(left.get(i), right.get(i))) return compare(left.get(i), right.get(i));
      }
      return Integer.compare(left.size(), right.size());
    }
    throw new TemplateException("cannot order %s and %s".formatted(described(a), described(b)));
  }

  /// By code point, where Java compares UTF-16 units.
  private int compareText(String a, String b) {
    budget.spendOn(a);
    int same = java.util.Arrays.mismatch(a.toCharArray(), b.toCharArray());
    if (same < 0 || same == Math.min(a.length(), b.length()))
      return Integer.compare(a.length(), b.length());
    if (same > 0
        && Character.isLowSurrogate(a.charAt(same))
        && Character.isHighSurrogate(a.charAt(same - 1))) same--;
    return Integer.compare(a.codePointAt(same), b.codePointAt(same));
  }

  /// `item in container`
  boolean contains(Object container, Object item) {
    budget.spendOn(container);
    if (container instanceof String text) {
      if (item instanceof String part) return text.contains(part);
      if (item instanceof Undefined undefined) throw undefined.failure();
      throw new TemplateException("'in' a text asks for a text, got " + described(item));
    }
    if (container instanceof Map<?, ?> map) return map.containsKey(item);
    for (var candidate : items(container)) {
      if (equal(candidate, item)) return true;
    }
    return false;
  }

  /// What looping over `value` gives, in a list of its own or the value itself; not to be changed.
  List<Object> items(Object value) {
    budget.spendOn(value);
    return switch (value) {
      case List<?> list -> Collections.unmodifiableList(list);
      case String text -> text.codePoints().<Object>mapToObj(Character::toString).toList();
      case Map<?, ?> map -> new ArrayList<>(map.keySet());
      case Generator generator -> {
        var items = new ArrayList<Object>();
        generator.forEach(items::add);
        yield items;
      }
      case Undefined undefined -> List.of();
      case null, default ->
          throw new TemplateException(described(value) + " cannot be looped over");
    };
  }

  static boolean isIterable(Object value) {
    return value instanceof List
        || value instanceof String
        || value instanceof Map
        || value instanceof Generator
        || value instanceof Undefined;
  }

  /// `len(value)`
  static long length(Object value) {
    return switch (value) {
      case String text -> text.codePointCount(0, text.length());
      case List<?> list -> list.size();
      case Map<?, ?> map -> map.size();
      case Generator.View view -> view.items().size();
      case Undefined undefined -> 0;
      case null, default -> throw new TemplateException(described(value) + " has no length");
    };
  }

  /// `value[index]` of text and lists; empty where the index is outside.
  static java.util.Optional<Integer> position(long length, Object index) {
    if (!Numbers.isIntegral(index)) return java.util.Optional.empty();
    var at = Numbers.big(index);
    if (at.signum() < 0) at = at.add(BigInteger.valueOf(length));
    boolean isInside = at.signum() >= 0 && at.compareTo(BigInteger.valueOf(length)) < 0;
    return isInside ? java.util.Optional.of(at.intValue()) : java.util.Optional.empty();
  }

  /// `value[start:stop:step]` of text and lists.
  Object slice(Object value, Object start, Object stop, Object step) {
    if (value instanceof Undefined undefined) throw undefined.failure();
    boolean isText = value instanceof String;
    if (!isText && !(value instanceof List))
      throw new TemplateException(described(value) + " cannot be sliced");
    var source = items(value);
    var picked = new ArrayList<Object>();
    int by = bound(step, 1);
    if (by == 0) throw new TemplateException("the step of a slice is zero");
    int size = source.size();
    int from = clamp(bound(start, by > 0 ? 0 : size - 1), size, by, start == null);
    int to = clamp(bound(stop, by > 0 ? size : -1), size, by, stop == null);
    for (long i = from; by > 0 ? i < to : i > to; i += by) picked.add(source.get((int) i));
    if (!isText) return value instanceof Tuple ? new Tuple(picked) : picked;
    var text = new StringBuilder();
    picked.forEach(text::append);
    return text.toString();
  }

  private static int bound(Object index, int otherwise) {
    if (index == null) return otherwise;
    if (index instanceof Undefined undefined) throw undefined.failure();
    if (!Numbers.isIntegral(index))
      throw new TemplateException("a slice takes ints, got " + described(index));
    var limit = BigInteger.valueOf(Integer.MAX_VALUE);
    return Numbers.big(index).min(limit).max(limit.negate()).intValue();
  }

  /// A bound of a slice as Python reads it: from the end where negative, and never outside.
  private static int clamp(int index, int size, int step, boolean isDefault) {
    if (isDefault) return index;
    int at = index < 0 ? index + size : index;
    return step > 0 ? Math.clamp(at, 0, size) : Math.clamp(at, -1, size - 1);
  }

  /// `a operator b` for `+ - * / // % **`.
  Object binary(String operator, Object a, Object b) {
    if (a instanceof Undefined undefined) throw undefined.failure();
    if (b instanceof Undefined undefined) throw undefined.failure();
    if (Numbers.isNumber(a) && Numbers.isNumber(b)) return Numbers.arithmetic(operator, a, b);
    if (operator.equals("+") && a instanceof String left && b instanceof String right)
      return concat(List.of(left, right));
    if (operator.equals("+") && a instanceof List<?> left && b instanceof List<?> right) {
      if (left instanceof Tuple == right instanceof Tuple) return joined(left, right);
    }
    if (operator.equals("*") && Numbers.isIntegral(b) && isSequence(a))
      return repeated(a, Numbers.big(b));
    if (operator.equals("*") && Numbers.isIntegral(a) && isSequence(b))
      return repeated(b, Numbers.big(a));
    throw new TemplateException(
        "'%s' takes no %s and %s".formatted(operator, described(a), described(b)));
  }

  private static boolean isSequence(Object value) {
    return value instanceof String || value instanceof List;
  }

  /// `a ~ b ~ …`
  String concat(List<?> parts) {
    var out = new StringBuilder();
    for (var part : parts) Budget.append(out, str(part));
    var text = out.toString();
    budget.spendOn(text);
    return text;
  }

  private Object joined(List<?> a, List<?> b) {
    Budget.checkLength((long) a.size() + b.size());
    var items = new ArrayList<Object>(a);
    items.addAll(b);
    budget.spendOn(items);
    return a instanceof Tuple ? new Tuple(items) : items;
  }

  private Object repeated(Object value, BigInteger times) {
    long size = value instanceof String text ? text.length() : ((List<?>) value).size();
    var total = times.max(BigInteger.ZERO).multiply(BigInteger.valueOf(size));
    Budget.checkLength(total.bitLength() > 62 ? Long.MAX_VALUE : total.longValue());
    int count = size == 0 ? 0 : times.max(BigInteger.ZERO).intValue();
    Object result;
    if (value instanceof String text) {
      result = text.repeat(count);
    } else {
      var items = new ArrayList<Object>();
      for (int i = 0; i < count; i++) items.addAll((List<?>) value);
      result = value instanceof Tuple ? new Tuple(items) : items;
    }
    budget.spendOn(result);
    return result;
  }
}
