package dev.hone.ladder.rung;

import dev.hone.ladder.metric.ExactMatch;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Kind;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Renderer;
import dev.hone.model.text.Tokenizer;
import dev.hone.rag.answer.PassagePrompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/// What rungs would ask a model, in tokens, before any is asked. The rungs themselves make the
/// prompts; the model only counts.
///
/// @param renderer of the model
/// @param tokenizer of the model
/// @param contextTokens the most tokens of a prompt and its answer
/// @param answerTokens room for an answer
public record PromptSizes(
    Renderer renderer, Tokenizer tokenizer, int contextTokens, int answerTokens) {
  /// Rows that are counted, at most.
  private static final int COUNTED = 100;

  /// Rows for each of some draws of examples.
  private static final int COUNTED_PER_DRAW = 10;

  private static final int DRAWS = 8;
  private static final int PASSAGES = 5;

  /// On average.
  ///
  /// @param prefix tokens that all prompts begin with
  /// @param rest tokens of a prompt behind them
  public record Size(double prefix, double rest) {
    public double tokens() {
      return prefix + rest;
    }
  }

  /// Without examples, or with those that are nearest to a question.
  public Size of(Function<ChatModel, Rung> rung, List<Item> rows) throws IOException {
    return of(rung, rows, COUNTED, 1);
  }

  /// With examples that are the same for all: the average of some draws.
  public Size ofExamples(int shots, List<Item> rows) throws IOException {
    double prefix = 0;
    double rest = 0;
    for (int seed = 1; seed <= DRAWS; seed++) {
      var size = of(model -> new FewShot(model, 1, shots), rows, COUNTED_PER_DRAW, seed);
      prefix += size.prefix() / DRAWS;
      rest += size.rest() / DRAWS;
    }
    return new Size(prefix, rest);
  }

  private Size of(Function<ChatModel, Rung> rung, List<Item> rows, int count, long seed)
      throws IOException {
    var some = Prompts.some(rows, count, new Random(seed));
    var counting = new Counting();
    var materials =
        new Materials(
            Kind.FREE,
            rows,
            some.subList(0, 1),
            new ExactMatch(),
            Path.of(""),
            seed,
            (what, done, total) -> {});
    try (var solution = rung.apply(counting).build(materials)) {
      counting.prompts.clear();
      for (var item : some) {
        solution.answer(item);
      }
    }
    return size(counting.prompts);
  }

  /// With passages of the documents before each question. Which of them would be found is not
  /// looked at. Empty where the documents have none.
  public Optional<Size> ofPassages(Path docs, List<Item> rows) throws IOException {
    var passages =
        PassageIndex.passages(docs, text -> tokenizer.encode(text).length, contextTokens);
    return passages.isEmpty() ? Optional.empty() : Optional.of(ofPassages(passages, rows));
  }

  private Size ofPassages(List<String> passages, List<Item> rows) {
    var random = new Random(1);
    var prompt = new PassagePrompt(tokenizer.specialTokens());
    var counting = new Counting();
    for (var item : Prompts.some(rows, COUNTED, random)) {
      var drawn = new ArrayList<>(passages);
      Collections.shuffle(drawn, random);
      int count = Math.min(PASSAGES, drawn.size());
      while (count > 1
          && !counting.fits(prompt.ofTexts(item.question(), drawn.subList(0, count)))) {
        count--;
      }
      counting.reply(prompt.ofTexts(item.question(), drawn.subList(0, count)), Decoding.GREEDY);
    }
    return size(counting.prompts);
  }

  private static Size size(List<int[]> prompts) {
    var first = prompts.getFirst();
    int prefix = prompts.size() == 1 ? 0 : first.length;
    for (var prompt : prompts) {
      int differs = Arrays.mismatch(first, prompt);
      prefix = differs < 0 ? prefix : Math.min(prefix, differs);
    }
    double tokens = prompts.stream().mapToInt(prompt -> prompt.length).average().orElseThrow();
    return new Size(prefix, tokens - prefix);
  }

  /// A model that says nothing and keeps what it was asked.
  private final class Counting implements ChatModel {
    private final List<int[]> prompts = new ArrayList<>();

    @Override
    public Reply reply(Conversation asked, Decoding how) {
      var prompt = renderer.renderPrompt(asked);
      prompts.add(prompt);
      return new Reply("", prompt.length, 0, false, 0);
    }

    @Override
    public boolean fits(Conversation asked) {
      return renderer.renderPrompt(asked).length + answerTokens <= contextTokens;
    }

    @Override
    public int contextTokens() {
      return contextTokens;
    }

    @Override
    public Set<String> controlTokens() {
      return tokenizer.specialTokens();
    }

    @Override
    public Map<String, Object> recipe() {
      return Map.of();
    }
  }
}
