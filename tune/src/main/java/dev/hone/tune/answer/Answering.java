package dev.hone.tune.answer;

import dev.hone.model.generate.FinishReason;
import dev.hone.model.generate.Generation;
import dev.hone.model.generate.Generator;
import dev.hone.model.generate.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.ToIntFunction;

/// A model that is asked one prompt after the other and always takes the likeliest token.
///
/// @param maxTokens the most tokens of an answer
/// @param stopIds that end one
public record Answering(Generator generator, int maxTokens, Set<Integer> stopIds) {
  private static final int TRIED = 5;

  /// The answers to all of them, in their order.
  ///
  /// @param told how many there are, after each
  public List<Answered> all(List<Prompt> prompts, IntConsumer told) {
    var answers = new ArrayList<Answered>();
    for (var prompt : prompts) {
      var said = answer(prompt, maxTokens);
      boolean isCut = said.finishReason() == FinishReason.LENGTH;
      answers.add(new Answered(prompt.question(), said.text(), isCut));
      told.accept(answers.size());
    }
    return answers;
  }

  private Generation answer(Prompt prompt, int most) {
    generator.forget(); // so that an answer does not hang on those before
    return generator.generate(prompt.ids(), SamplingOptions.greedy(most).withStopIds(stopIds));
  }

  /// How long an answer takes that is as long as expected, timed on a few prompts.
  ///
  /// @param lengthOf tokens of what is expected
  public double secondsPerAnswer(List<Prompt> prompts, ToIntFunction<Prompt> lengthOf) {
    int tried = Math.min(TRIED, prompts.size());
    long started = System.nanoTime();
    for (int i = 0; i < tried; i++) {
      var prompt = prompts.get(i * prompts.size() / tried);
      answer(prompt, Math.clamp(lengthOf.applyAsInt(prompt), 1, maxTokens));
    }
    return (System.nanoTime() - started) / 1e9 / tried;
  }
}
