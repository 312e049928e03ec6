package dev.hone.model.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/// Arithmetic as Python has it: ints of any size, `//` and `%` that round down, `True` that counts
/// as 1.
final class Numbers {
  private static final int MAX_BITS = 16_384;

  private Numbers() {}

  /// An int as the engine keeps it: a `Long` where it fits.
  static Object ofBig(BigInteger value) {
    if (value.bitLength() > MAX_BITS)
      throw new TemplateException("a number grows longer than " + MAX_BITS + " bits");
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  /// A bool is a number too.
  static boolean isNumber(Object value) {
    return value instanceof Boolean || value instanceof Number;
  }

  /// An int or a bool.
  static boolean isIntegral(Object value) {
    return isNumber(value) && !(value instanceof Double);
  }

  static BigInteger big(Object value) {
    return switch (value) {
      case Boolean bool -> bool ? BigInteger.ONE : BigInteger.ZERO;
      case BigInteger big -> big;
      case Number number -> BigInteger.valueOf(number.longValue());
      default -> throw new TemplateException("expected an int, got " + Python.described(value));
    };
  }

  static double asDouble(Object value) {
    return value instanceof Double number ? number : big(value).doubleValue();
  }

  static int compare(Object a, Object b) {
    if (isIntegral(a) && isIntegral(b)) return big(a).compareTo(big(b));
    return Double.compare(asDouble(a) + 0.0, asDouble(b) + 0.0);
  }

  static Object negate(Object value) {
    return value instanceof Double number ? (Object) (-number) : ofBig(big(value).negate());
  }

  static Object abs(Object value) {
    return value instanceof Double number ? (Object) Math.abs(number) : ofBig(big(value).abs());
  }

  static Object arithmetic(String operator, Object a, Object b) {
    boolean isDivision = operator.equals("/") || operator.equals("//") || operator.equals("%");
    if (isDivision && asDouble(b) == 0) throw new TemplateException("division by zero");
    if (isIntegral(a) && isIntegral(b)) return ofInts(operator, big(a), big(b));
    return ofDoubles(operator, asDouble(a), asDouble(b));
  }

  private static Object ofInts(String operator, BigInteger a, BigInteger b) {
    return switch (operator) {
      case "+" -> ofBig(a.add(b));
      case "-" -> ofBig(a.subtract(b));
      case "*" -> ofBig(a.multiply(b));
      case "/" -> a.doubleValue() / b.doubleValue();
      case "//" -> ofBig(floorDivide(a, b));
      case "%" -> ofBig(a.subtract(floorDivide(a, b).multiply(b)));
      case "**" ->
          b.signum() < 0 ? (Object) Math.pow(a.doubleValue(), b.doubleValue()) : power(a, b);
      default -> throw new IllegalArgumentException(operator);
    };
  }

  private static BigInteger floorDivide(BigInteger a, BigInteger b) {
    var parts = a.divideAndRemainder(b);
    boolean roundsUp = parts[1].signum() != 0 && parts[1].signum() != b.signum();
    return roundsUp ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  private static Object power(BigInteger base, BigInteger exponent) {
    if (base.bitLength() <= 1 && base.abs().compareTo(BigInteger.ONE) <= 0) {
      boolean isOne = exponent.signum() == 0 || base.signum() < 0 && !exponent.testBit(0);
      return ofBig(isOne ? BigInteger.ONE : base);
    }
    if (exponent.bitLength() > 15
        || (long) base.bitLength() * exponent.intValue() > 2L * MAX_BITS) {
      throw new TemplateException("the power is too large");
    }
    return ofBig(base.pow(exponent.intValue()));
  }

  private static Object ofDoubles(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor((a - floorMod(a, b)) / b + 0.5);
      case "%" -> floorMod(a, b);
      case "**" -> Math.pow(a, b);
      default -> throw new IllegalArgumentException(operator);
    };
  }

  private static double floorMod(double a, double b) {
    double rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }

  /// The filter `round`: half to even on the exact value, or up or down.
  static Object round(Object value, int precision, String method) {
    if (isIntegral(value) && method.equals("common")) return value;
    double number = asDouble(value);
    if (Double.isNaN(number) || Double.isInfinite(number)) return number;
    var mode =
        switch (method) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default ->
              throw new TemplateException(
                  "round: method must be common, ceil or floor, got " + method);
        };
    return new BigDecimal(number).setScale(Math.clamp(precision, -400, 400), mode).doubleValue();
  }

  /// The filter `int`: as much of an int as `value` holds, or `otherwise`.
  static Object toInt(Object value, Object otherwise) {
    if (isIntegral(value)) return ofBig(big(value));
    if (!(value instanceof Double) && !(value instanceof String)) return otherwise;
    if (value instanceof String text && text.strip().matches("[+-]?\\d{1,4000}"))
      return ofBig(new BigInteger(text.strip()));
    var number = toFloat(value, null);
    boolean isFinite = number instanceof Double d && !d.isNaN() && !d.isInfinite();
    return isFinite ? ofBig(new BigDecimal((Double) number).toBigInteger()) : otherwise;
  }

  /// The filter `float`.
  static Object toFloat(Object value, Object otherwise) {
    if (isNumber(value)) return asDouble(value);
    boolean isNumeral =
        value instanceof String text
            && text.strip().matches("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");
    return isNumeral ? (Object) Double.valueOf(((String) value).strip()) : otherwise;
  }
}
