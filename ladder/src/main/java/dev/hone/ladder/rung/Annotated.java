package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A solution whose recipe says more: what was measured while it was made.
///
/// @param more for the recipe
/// @param models to close with it
public record Annotated(Solution solution, Map<String, Object> more, List<LocalModel> models)
    implements Solution {
  /// The same with one more thing in the recipe.
  Annotated with(String name, Object value) {
    var all = new LinkedHashMap<>(more);
    all.put(name, value);
    return new Annotated(solution, all, models);
  }

  @Override
  public Reply answer(Item item) throws IOException {
    return solution.answer(item);
  }

  @Override
  public Map<String, Object> recipe() {
    var recipe = new LinkedHashMap<>(solution.recipe());
    recipe.putAll(more);
    return recipe;
  }

  @Override
  public void close() throws IOException {
    solution.close();
    models.forEach(LocalModel::close);
  }
}
