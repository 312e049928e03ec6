package dev.hone.cli;

import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.generate.Generator;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.language.LanguageModel;
import dev.hone.model.text.Conversation;
import dev.hone.rag.answer.AnswerModel;
import dev.hone.tensor.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// A model in this process that answers from passages, always with the likeliest tokens.
final class LocalAnswerModel implements AnswerModel, AutoCloseable {
  private static final int MAX_POSITIONS = 4096;
  private static final int MAX_TOKENS = 256;

  /// Room that a prompt must leave for an answer.
  private static final int ANSWER_TOKENS = 64;

  private final LanguageModel model;
  private final Workers workers;
  private final Generator generator;
  private final SamplingOptions options;

  private LocalAnswerModel(LanguageModel model, Workers workers) {
    this.model = model;
    this.workers = workers;
    this.options =
        SamplingFlags.ofMaxTokens(MAX_TOKENS)
            .options(model.checkpoint().generation(), model.stopIds());
    this.generator =
        Generator.allocate(
            model.memory(),
            model.decoder(),
            model.adapterShape(),
            model.tokenizer(),
            model.maxPositions(),
            workers);
  }

  static LocalAnswerModel open(
      Path base, Optional<Path> adapter, Optional<BaseDtype> baseDtype, int threads)
      throws IOException {
    var model = LanguageModel.open(base, adapter, baseDtype, MAX_POSITIONS);
    var workers = new Workers(threads);
    try {
      return new LocalAnswerModel(model, workers);
    } catch (RuntimeException | Error e) {
      workers.close();
      model.close();
      throw e;
    }
  }

  @Override
  public boolean fits(Conversation conversation) {
    int length = model.renderer().renderPrompt(conversation).length;
    return length + ANSWER_TOKENS <= generator.contextLength();
  }

  @Override
  public String answer(Conversation conversation) {
    return generator.generate(model.renderer().renderPrompt(conversation), options).text();
  }

  @Override
  public Set<String> controlTokens() {
    return model.tokenizer().specialTokens();
  }

  @Override
  public void close() {
    workers.close();
    model.close();
  }
}
