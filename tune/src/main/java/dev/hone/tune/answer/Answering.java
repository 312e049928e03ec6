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
  private static final int TRIED = 10;

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

  /// How fast it answers: tokens a second, of the fastest of a few answers. The first ones run
  /// before their code is compiled.
  ///
  /// @param lengths tokens that the answers have, prompt by prompt
  public double tokensPerSecond(List<Prompt> prompts, List<Integer> lengths) {
    int tried = Math.min(TRIED, prompts.size());
    double fastest = 0;
    for (int i = 0; i < tried; i++) {
      int at = i * prompts.size() / tried;
      int length = Math.clamp(lengths.get(at), 1, maxTokens);
      long started = System.nanoTime();
      int said = answer(prompts.get(at), length).generatedTokens();
      fastest = Math.max(fastest, said * 1e9 / (System.nanoTime() - started));
    }
    return fastest;
  }
}
