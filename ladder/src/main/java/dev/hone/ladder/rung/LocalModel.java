package dev.hone.ladder.rung;

import dev.hone.model.generate.Generator;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.language.LanguageModel;
import dev.hone.model.text.Conversation;
import dev.hone.tensor.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A model in this process that always takes the likeliest token, so that an answer is the same
/// each time.
public final class LocalModel implements ChatModel, AutoCloseable {
  private static final int MOST_POSITIONS = 4_096;

  private final Path base;
  private final Optional<Path> adapter;
  private final LanguageModel model;
  private final Workers workers;
  private final Generator generator;
  private final int answerTokens;

  private LocalModel(
      Path base, Optional<Path> adapter, LanguageModel model, Workers workers, int answerTokens) {
    this.base = base;
    this.adapter = adapter;
    this.model = model;
    this.workers = workers;
    this.answerTokens = answerTokens;
    this.generator =
        Generator.allocate(
            model.memory(),
            model.decoder(),
            model.adapterShape(),
            model.tokenizer(),
            model.maxPositions(),
            workers);
  }

  /// @param answerTokens the most tokens of an answer
  public static LocalModel open(Path base, Optional<Path> adapter, int threads, int answerTokens)
      throws IOException {
    var model = LanguageModel.open(base, adapter, Optional.empty(), MOST_POSITIONS);
    var workers = new Workers(threads);
    try {
      return new LocalModel(base, adapter, model, workers, answerTokens);
    } catch (RuntimeException | Error e) {
      workers.close();
      model.close();
      throw e;
    }
  }

  @Override
  public Reply reply(Conversation asked) {
    long start = System.nanoTime();
    generator.forget(); // so that an answer does not hang on those before
    var prompt = model.renderer().renderPrompt(asked);
    int room = Math.min(answerTokens, generator.contextLength() - prompt.length);
    var options = SamplingOptions.greedy(Math.max(1, room)).withStopIds(model.stopIds());
    var said = generator.generate(prompt, options);
    return new Reply(
        said.text().strip(), prompt.length, said.ids().size(), (System.nanoTime() - start) / 1e6);
  }

  @Override
  public boolean fits(Conversation asked) {
    int length = model.renderer().renderPrompt(asked).length;
    return length + answerTokens <= generator.contextLength();
  }

  @Override
  public Set<String> controlTokens() {
    return model.tokenizer().specialTokens();
  }

  @Override
  public Map<String, Object> recipe() {
    var recipe = new LinkedHashMap<String, Object>();
    recipe.put("base", base.toString());
    adapter.ifPresent(dir -> recipe.put("adapter", dir.toString()));
    recipe.put("max_tokens", answerTokens);
    return recipe;
  }

  @Override
  public void close() {
    workers.close();
    model.close();
  }
}
