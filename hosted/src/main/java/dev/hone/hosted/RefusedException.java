package dev.hone.hosted;

/// What a server refuses, and would refuse again.
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String name;
  private final int status;
  private final String told;

  /// @param name of the model
  /// @param told by the server, in one line
  RefusedException(String name, int status, String told) {
    super("%s: refused (%d): %s".formatted(name, status, told));
    this.name = name;
    this.status = status;
    this.told = told;
  }

  int status() {
    return status;
  }

  /// What it means for questions to a model: none other would survive a wrong key or name.
  RuntimeException ofCall() {
    return switch (status) {
      case 401, 403 ->
          new StoppedException(
              "%s: the key is refused (%d): %s".formatted(name, status, told),
              "see whether the key is right, and may ask this model");
      case 404 ->
          new StoppedException(
              "%s: there is no such model or address (404): %s".formatted(name, told),
              "see how the provider calls it");
      default -> new CallFailedException(this);
    };
  }
}
