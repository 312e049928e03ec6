package dev.hone.model.generate;

import dev.hone.model.UsageException;
import dev.hone.model.grammar.ConstrainedText;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Optional;
import java.util.SplittableRandom;

/// Chooses one token after the other as [SamplingOptions] say; one per generation.
///
/// The same seed and the same logits give the same tokens: each step takes one number of SplitMix64
/// (Steele et al. 2014), the algorithm of [SplittableRandom], whatever the step's candidates are.
public final class Sampler {
  private final SamplingOptions options;
  private final Candidates candidates;
  private final BitSet seen = new BitSet();
  private final SplittableRandom random;
  private final Optional<ConstrainedText> text;

  /// For options without a grammar.
  public Sampler(SamplingOptions options, int vocabSize) {
    this(options, vocabSize, Optional.empty());
    if (options.grammar().isPresent())
      throw new IllegalArgumentException("sampler: a grammar needs the text that it constrains");
  }

  /// @param text of the grammar in the options; every token but a stop id is added to it
  public Sampler(SamplingOptions options, int vocabSize, Optional<ConstrainedText> text) {
    this.options = options;
    this.candidates = new Candidates(vocabSize);
    this.random = new SplittableRandom(options.seed());
    this.text = text;
  }

  /// Counts a token of the prompt as one that the repetition penalty applies to.
  public void accept(int id) {
    seen.set(id);
  }

  /// The next token, which counts as seen from now on.
  ///
  /// @param logits V elements, left as they are
  /// @throws UsageException when the logits are not numbers
  public int next(Tensor logits) {
    return next(logits.data());
  }

  /// @see #next(Tensor)
  public int next(float[] logits) {
    return next(MemorySegment.ofArray(logits));
  }

  private int next(MemorySegment logits) {
    var left = candidates(logits);
    int id = options.isGreedy() ? left.argmax() : left.pick(random.nextDouble());
    seen.set(id);
    if (text.isPresent() && !options.stopIds().contains(id)) text.get().accept(id);
    return id;
  }

  /// Whether the grammar leaves nothing to come.
  public boolean isOver() {
    return text.isPresent() && text.get().isOver();
  }

  /// The tokens that the options leave to choose from.
  Candidates candidates(MemorySegment logits) {
    candidates.load(logits);
    text.ifPresent(constrained -> candidates.keepOnly(constrained.allowed()));
    penalize();
    if (!options.isGreedy() && options.temperature() != 1)
      candidates.cool((float) options.temperature());
    if (!candidates.findBest()) {
      throw new UsageException(
          "the model's logits are not finite numbers",
          "its weights are damaged, or the training that made them diverged; try an earlier"
              + " checkpoint");
    }
    if (!options.isGreedy()) filter();
    return candidates;
  }

  private void penalize() {
    float penalty = (float) options.repetitionPenalty();
    if (penalty == 1) return;
    for (int id = seen.nextSetBit(0); id >= 0; id = seen.nextSetBit(id + 1)) {
      candidates.penalize(id, penalty);
    }
  }

  private void filter() {
    candidates.takeAll();
    if (options.topK() > 0) candidates.keepTop(options.topK());
    if (options.topP() < 1) candidates.keepMass(options.topP());
    if (options.minP() > 0) candidates.keepShare(options.minP());
  }
}
