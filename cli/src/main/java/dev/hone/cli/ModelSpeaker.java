package dev.hone.cli;

import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.generate.Generation;
import dev.hone.model.generate.Generator;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.language.LanguageModel;
import dev.hone.model.text.Conversation;
import dev.hone.tensor.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// A model that answers. Owns the model's memory, and the threads.
final class ModelSpeaker implements Speaker, AutoCloseable {
  private final LanguageModel model;
  private final Workers workers;
  private final Generator generator;
  private final SamplingOptions options;

  private ModelSpeaker(LanguageModel model, Workers workers, SamplingFlags sampling) {
    this.model = model;
    this.workers = workers;
    this.options = sampling.options(model.checkpoint().generation(), model.stopIds());
    this.generator =
        Generator.allocate(
            model.memory(),
            model.decoder(),
            model.adapterShape(),
            model.tokenizer(),
            model.maxPositions(),
            workers);
  }

  /// @param baseDtype what the base is kept in; where empty, as the adapter was trained
  /// @param positions the most tokens of a conversation; what the model allows if that is less
  static ModelSpeaker open(
      Path base,
      Optional<Path> adapter,
      Optional<BaseDtype> baseDtype,
      int positions,
      SamplingFlags sampling,
      int threads)
      throws IOException {
    var model = LanguageModel.open(base, adapter, baseDtype, positions);
    var workers = new Workers(threads);
    try {
      return new ModelSpeaker(model, workers, sampling);
    } catch (RuntimeException | Error e) {
      workers.close();
      model.close();
      throw e;
    }
  }

  @Override
  public Generation answer(
      Conversation conversation, Consumer<String> onText, BooleanSupplier cancelled) {
    return generator.generate(
        model.renderer().renderPrompt(conversation), options, onText, cancelled);
  }

  /// Whether a conversation leaves room in the context for an answer of so many tokens.
  boolean hasRoom(Conversation conversation, int answerTokens) {
    int length = model.renderer().renderPrompt(conversation).length;
    return length + answerTokens <= generator.contextLength();
  }

  /// Texts that the tokenizer reads as control tokens, wherever they stand.
  Set<String> controlTokens() {
    return model.tokenizer().specialTokens();
  }

  @Override
  public void close() {
    workers.close();
    model.close();
  }
}
