package dev.hone.model.jinja;

import java.util.List;
import java.util.Map;

/// Something that a template calls: a macro, a method or a global function.
@FunctionalInterface
interface Function {
  Object call(Arguments arguments);

  /// Arguments of a call, evaluated.
  record Arguments(List<Object> positional, Map<String, Object> named) {}
}
