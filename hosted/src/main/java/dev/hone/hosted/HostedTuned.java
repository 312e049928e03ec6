package dev.hone.hosted;

import dev.hone.ladder.rung.Annotated;
import dev.hone.ladder.rung.ChatModel;
import dev.hone.ladder.rung.Form;
import dev.hone.ladder.rung.Formed;
import dev.hone.ladder.rung.Materials;
import dev.hone.ladder.rung.Prompted;
import dev.hone.ladder.rung.Rung;
import dev.hone.ladder.rung.Solution;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A hosted model that its provider has fine-tuned on the training rows.
///
/// @param form that its answers are held to; empty for any
public record HostedTuned(Tuning tuning, Optional<Form> form) implements Rung {
  @Override
  public String name() {
    return "tuned";
  }

  @Override
  public String description() {
    return "fine-tuned on the training rows by its provider";
  }

  @Override
  public boolean isTrained() {
    return true;
  }

  @Override
  public Solution build(Materials materials) throws IOException {
    var result = tuning.run(materials);
    ChatModel model = form.isPresent() ? new Formed(result.model(), form.get()) : result.model();
    var solution = new Prompted(name(), description(), model, Optional.empty()).build(materials);
    return new Annotated(
        solution, Map.of("kind", "tuned", "training", training(result.order())), List.of());
  }

  /// What was foretold, and what came.
  private static Map<String, Object> training(TuningOrder order) {
    var training = new LinkedHashMap<String, Object>();
    var forecast = order.forecast();
    var end = order.end().orElseThrow();
    training.put("job", order.sent().job().orElseThrow());
    training.put("rows", order.rows());
    training.put("epochs", order.epochs());
    training.put("estimated_tokens", forecast.tokens());
    end.trainedTokens().ifPresent(tokens -> training.put("tokens", tokens));
    forecast.seconds().ifPresent(seconds -> training.put("estimated_wall_seconds", seconds));
    end.seconds().ifPresent(seconds -> training.put("wall_seconds", seconds));
    forecast.usd().ifPresent(usd -> training.put("estimated_usd", usd));
    end.usd().ifPresent(usd -> training.put("usd", usd));
    return training;
  }
}
