package dev.hone.model.jinja;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/// What can be looped over and not indexed.
sealed interface Generator extends Iterable<Object> {
  /// Once only: what filters such as `map` and `select` give. Always true, never with a length.
  record Once(Iterator<Object> iterator) implements Generator {
    static Once of(List<Object> items) {
      return new Once(items.iterator());
    }
  }

  /// `dict.keys()`, `dict.values()` and `dict.items()`.
  record View(String name, Collection<Object> items) implements Generator {
    @Override
    public Iterator<Object> iterator() {
      return items.iterator();
    }
  }
}
