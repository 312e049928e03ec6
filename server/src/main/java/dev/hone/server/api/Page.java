package dev.hone.server.api;

import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// A part of a list.
///
/// @param hasMore whether more of it comes after
public record Page<T extends ApiObject>(List<T> data, boolean hasMore) {
  public Page {
    data = List.copyOf(data);
  }

  /// With what it is made of made into something else.
  public <R extends ApiObject> Page<R> map(Function<T, R> change) {
    return new Page<>(data.stream().map(change).toList(), hasMore);
  }

  public ObjectNode toJson() {
    var json = new Json().put("object", "list");
    var array = json.node().putArray("data");
    data.forEach(one -> array.add(one.toJson()));
    return json.put("first_id", id(0))
        .put("last_id", id(data.size() - 1))
        .put("has_more", hasMore)
        .node();
  }

  /// Empty where there is nothing: null is no text, which clients insist on.
  private String id(int index) {
    return data.isEmpty() ? "" : data.get(index).id();
  }
}
