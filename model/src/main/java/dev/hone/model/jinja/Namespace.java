package dev.hone.model.jinja;

import java.util.Map;

/// `namespace(…)`: the one value whose attributes `set` may change, so that a loop can leave
/// something behind.
record Namespace(Map<String, Object> attributes) {}
