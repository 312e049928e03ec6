package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// The model with the same examples before every question: of several draws the one that does best
/// on selection rows, found by [Halving].
///
/// @param draws how many sets of examples compete
/// @param shots examples in a set, as far as the context allows
public record FewShot(ChatModel model, int draws, int shots) implements Rung {
  /// Selection rows that the first round looks at.
  private static final int FIRST_ROUND = 8;

  @Override
  public String name() {
    return "few-shot";
  }

  @Override
  public String description() {
    return "the model with the best of %d sets of %d examples".formatted(draws, shots);
  }

  @Override
  public Solution build(Materials materials) throws IOException {
    var random = new Random(materials.seed());
    var sets = new ArrayList<List<Item>>();
    for (int i = 0; i < draws; i++) {
      sets.add(Prompts.some(materials.train(), shots, random));
    }
    var chosen =
        Halving.run(
            sets,
            FIRST_ROUND,
            materials,
            Integer.MAX_VALUE,
            calls -> materials.progress().at("choosing examples", calls, 0),
            (examples, at) -> {
              var item = materials.selection().get(at);
              return model.reply(Prompts.fitting(model, item, Optional.empty(), examples)).text();
            });
    return new OptimisedPrompt.Chosen(model, Optional.empty(), chosen.candidate(), chosen.calls());
  }
}
