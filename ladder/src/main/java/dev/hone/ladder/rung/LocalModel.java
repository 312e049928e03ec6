package dev.hone.ladder.rung;

import dev.hone.model.chat.CallText;
import dev.hone.model.generate.FinishReason;
import dev.hone.model.generate.Generator;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.grammar.Grammar;
import dev.hone.model.grammar.JsonSchema;
import dev.hone.model.language.LanguageModel;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Renderers;
import dev.hone.model.text.Tokenizer;
import dev.hone.tensor.Workers;
import dev.hone.tune.answer.AnswerLength;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A model in this process. The same question with the same decoding has the same answer each time.
public final class LocalModel implements ChatModel, AutoCloseable {
  private static final int MOST_POSITIONS = 4_096;

  /// An answer that a model is held to may be longer than those it would give.
  private static final int FORMED = 2;

  private static final int TIMED_TOKENS = 16;
  private static final int LEAST_TIMED = 3;
  private static final long TIMED_NANOS = 2_000_000_000;

  private final Path base;
  private final Optional<Path> adapter;
  private final LanguageModel model;
  private final Workers workers;
  private final Generator generator;
  private final int answerTokens;
  private final Map<Form, Grammar> grammars = new HashMap<>();

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

  /// Room for nearly all of these answers, in the tokens of a model.
  public static int answerTokens(Path base, List<String> answers) throws IOException {
    return AnswerLength.of(Tokenizer.ofModel(base), answers);
  }

  @Override
  public Reply reply(Conversation asked, Decoding how) {
    long start = System.nanoTime();
    generator.forget(); // so that an answer does not hang on those before
    var prompt = model.renderer().renderPrompt(asked);
    int most = how.form().isPresent() ? FORMED * answerTokens : answerTokens;
    int room = Math.min(most, generator.contextLength() - prompt.length);
    var options =
        SamplingOptions.greedy(Math.max(1, room))
            .withStopIds(model.stopIds())
            .withTemperature(how.temperature())
            .withSeed(how.seed());
    var grammar = how.form().map(form -> grammar(form, asked));
    var said = generator.generate(prompt, grammar.map(options::withGrammar).orElse(options));
    return new Reply(
        said.text().strip(),
        prompt.length,
        said.ids().size(),
        said.finishReason() == FinishReason.LENGTH,
        (System.nanoTime() - start) / 1e6);
  }

  /// How fast it reads this prompt and writes behind it; timed until the times settle.
  public AnswerRate rate(Conversation asked) {
    var prompt = model.renderer().renderPrompt(asked);
    int written = Math.min(TIMED_TOKENS, generator.contextLength() - prompt.length - 1);
    double reading = Double.POSITIVE_INFINITY;
    double whole = Double.POSITIVE_INFINITY;
    long start = System.nanoTime();
    for (int i = 0; i < LEAST_TIMED || System.nanoTime() - start < TIMED_NANOS; i++) {
      reading = Math.min(reading, seconds(prompt, 1));
      whole = Math.min(whole, seconds(prompt, 1 + written));
    }
    return new AnswerRate(prompt.length / reading, written / (whole - reading));
  }

  private double seconds(int[] prompt, int tokens) {
    long start = System.nanoTime();
    generator.forget();
    generator.generate(prompt, SamplingOptions.greedy(tokens));
    return (System.nanoTime() - start) / 1e9;
  }

  /// The same object for the same form, so that what is found out about it is kept.
  private Grammar grammar(Form form, Conversation asked) {
    if (form instanceof Form.Call) {
      return JsonSchema.compile(CallText.schema(asked.tools()));
    }
    return grammars.computeIfAbsent(form, LocalModel::compiled);
  }

  private static Grammar compiled(Form form) {
    return switch (form) {
      case Form.Json(var schema) -> JsonSchema.compile(schema);
      case Form.OneOf(var texts) -> Grammar.choice(texts);
      case Form.Call any -> throw new IllegalArgumentException("a call's form is in its tools");
    };
  }

  @Override
  public boolean fits(Conversation asked) {
    int length = model.renderer().renderPrompt(asked).length;
    return length + answerTokens <= generator.contextLength();
  }

  /// Whether it is told which tools there are.
  public boolean showsTools() {
    return Renderers.showsTools(model.renderer());
  }

  @Override
  public int contextTokens() {
    return generator.contextLength();
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
