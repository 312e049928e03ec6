package example.agent;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import java.util.Map;

/// What the shop knows about its teas.
final class Shop {
  private static final Map<String, Tea> TEAS =
      Map.of(
          "Ember", new Tea(12, 7),
          "Slow River", new Tea(30, 9),
          "Reed Green", new Tea(4, 6),
          "Night Harbour", new Tea(18, 11),
          "White Barn", new Tea(25, 8),
          "Old Orchard", new Tea(9, 5));

  private record Tea(int tins, int pounds) {}

  @Tool("How many tins of a tea there are")
  int stock(@P(name = "tea", description = "name of the tea") String tea) {
    return find(tea).tins;
  }

  @Tool("What a tin of a tea costs, in pounds")
  int price(@P(name = "tea", description = "name of the tea") String tea) {
    return find(tea).pounds;
  }

  /// What is thrown goes back to the model as the call's result.
  private static Tea find(String name) {
    var tea = TEAS.get(name);
    if (tea == null) {
      throw new IllegalArgumentException("Error: there is no tea named " + name);
    }
    return tea;
  }
}
