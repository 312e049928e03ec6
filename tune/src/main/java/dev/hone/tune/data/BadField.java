package dev.hone.tune.data;

/// Ends the reading of one row; becomes its [Line.Broken].
final class BadField extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Problem problem;

  BadField(Check check, String field, String message) {
    super(message, null, false, false);
    problem = new Problem(check, field, message);
  }

  Problem problem() {
    return problem;
  }
}
