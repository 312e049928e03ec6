package dev.hone.model.jinja;

import java.util.List;

/// `loop` inside a `for`. Its depth is always 1: only recursive loops, which aren't supported, go
/// deeper.
final class LoopState {
  private final List<Object> items;
  private final Python python;
  private int index0 = -1;
  private List<Object> lastChanged = List.of();
  private boolean hasChangedOnce;

  LoopState(List<Object> items, Python python) {
    this.items = items;
    this.python = python;
  }

  void advance() {
    index0++;
  }

  Object attribute(String name) {
    int size = items.size();
    return switch (name) {
      case "index" -> index0 + 1L;
      case "index0" -> (long) index0;
      case "revindex" -> (long) size - index0;
      case "revindex0" -> (long) size - index0 - 1;
      case "first" -> index0 == 0;
      case "last" -> index0 == size - 1;
      case "length" -> (long) size;
      case "depth" -> 1L;
      case "depth0" -> 0L;
      case "previtem" ->
          index0 == 0 ? new Undefined("there is no previous item") : items.get(index0 - 1);
      case "nextitem" ->
          index0 == size - 1 ? new Undefined("there is no next item") : items.get(index0 + 1);
      case "cycle" -> (Function) this::cycle;
      case "changed" -> (Function) this::changed;
      default -> Undefined.ofAttribute(this, name);
    };
  }

  private Object cycle(Function.Arguments arguments) {
    var values = arguments.positional();
    if (values.isEmpty()) throw new TemplateException("no items for cycling given");
    return values.get(index0 % values.size());
  }

  private Object changed(Function.Arguments arguments) {
    boolean isSame = hasChangedOnce && python.equal(lastChanged, arguments.positional());
    hasChangedOnce = true;
    lastChanged = arguments.positional();
    return !isSame;
  }
}
