package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// An instruction with examples, before a question.
record PromptCandidate(Optional<String> instruction, List<Item> examples) {
  PromptCandidate {
    examples = List.copyOf(examples);
  }

  /// The answer; empty where the prompt leaves no room for one.
  String answer(ChatModel model, Item item) throws IOException {
    var asked = Prompts.fitting(model, item, instruction, examples);
    return model.fits(asked) ? model.reply(asked).text() : "";
  }
}
