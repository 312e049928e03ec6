package dev.hone.tune.answer;

import dev.hone.model.generate.FinishReason;
import dev.hone.model.generate.Generation;
import dev.hone.model.generate.Generator;
import dev.hone.model.generate.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/// A model that is asked one prompt after the other and always takes the likeliest token.
///
/// @param maxTokens the most tokens of an answer
/// @param stopIds that end one
public record Answering(Generator generator, int maxTokens, Set<Integer> stopIds) {
  /// The answers to all of them, in their order.
  ///
  /// @param told how many there are, after each
  public List<Answered> all(List<Prompt> prompts, IntConsumer told) {
    var answers = new ArrayList<Answered>();
    for (var prompt : prompts) {
      answers.add(one(prompt));
      told.accept(answers.size());
    }
    return answers;
  }

  public Answered one(Prompt prompt) {
    var said = say(prompt, maxTokens);
    boolean isCut = said.finishReason() == FinishReason.LENGTH;
    return new Answered(prompt.question(), said.text(), isCut);
  }

  /// Answers in so many tokens at most.
  public Generation say(Prompt prompt, int most) {
    generator.forget(); // so that an answer does not hang on those before
    var options = SamplingOptions.greedy(Math.min(most, maxTokens)).withStopIds(stopIds);
    return generator.generate(prompt.ids(), options);
  }
}
