package dev.hone.hosted;

import dev.hone.ladder.rung.ChatModel;
import dev.hone.ladder.rung.Recipes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Opens the hosted models of recipes, with keys of the environment.
///
/// @param spent where what they cost is counted
public record HostedRecipes(Map<String, String> environment, Optional<Path> keyFile, Path spent)
    implements Recipes.Elsewhere {
  @Override
  public Optional<ChatModel> open(String base, int answerTokens) throws IOException {
    var name = HostedName.parse(base);
    if (name.isEmpty()) {
      return Optional.empty();
    }
    var budget = Budget.open(spent, OptionalDouble.empty(), Optional.empty());
    return Optional.of(
        Providers.open(name.get(), environment, keyFile, Patience.USUAL, budget, answerTokens));
  }
}
