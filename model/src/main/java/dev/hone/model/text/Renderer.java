package dev.hone.model.text;

import java.util.List;

/// The one renderer of prompts: training, evaluation and serving all go through it.
public interface Renderer {
  /// Renders whole examples to learn from. Usually one; several where the model's chat template
  /// does not keep earlier turns as they were served (each such turn then is an example of its
  /// own).
  List<Rendered> renderExample(Conversation conversation);

  /// Renders plain text to learn from: BOS, text, EOS; all but BOS trained.
  Rendered renderText(String text);

  /// Renders what precedes the assistant's next turn, as served: the ids that generation continues.
  int[] renderPrompt(Conversation conversation);
}
