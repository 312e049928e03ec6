package dev.hone.tune.answer;

import dev.hone.model.text.Renderer;
import dev.hone.tune.answer.RowToAsk.Asks;
import dev.hone.tune.answer.RowToAsk.AsksNothing;
import java.util.ArrayList;
import java.util.List;

/// A question as a model is asked it.
///
/// @param ids that its answer goes on from
public record Prompt(Question question, int[] ids) {
  /// Rows of a file, parted.
  ///
  /// @param prompts of those that can be asked
  /// @param refused those that cannot
  public record Sorted(List<Prompt> prompts, List<AsksNothing> refused) {
    public Sorted {
      prompts = List.copyOf(prompts);
      refused = List.copyOf(refused);
    }
  }

  /// Renders what can be asked.
  ///
  /// @param most tokens of a prompt and its answer
  public static Sorted render(List<RowToAsk> rows, Renderer renderer, int most) {
    var prompts = new ArrayList<Prompt>();
    var refused = new ArrayList<AsksNothing>();
    for (var row : rows) {
      switch (row) {
        case AsksNothing nothing -> refused.add(nothing);
        case Asks(var question) -> {
          var ids = renderer.renderPrompt(question.asked());
          if (ids.length < most) {
            prompts.add(new Prompt(question, ids));
          } else {
            refused.add(tooLong(question, ids.length, most));
          }
        }
      }
    }
    return new Sorted(prompts, refused);
  }

  private static AsksNothing tooLong(Question question, int tokens, int most) {
    return new AsksNothing(
        question.line(),
        "has %,d tokens before its answer, and at most %,d are taken with it"
            .formatted(tokens, most),
        "shorten it");
  }

  /// The tokens of the longest of some.
  public static int longest(List<Prompt> prompts) {
    return prompts.stream().mapToInt(prompt -> prompt.ids.length).max().orElse(0);
  }
}
