package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import dev.hone.model.text.Conversation;
import dev.hone.rag.answer.AnswerModel;
import dev.hone.rag.answer.Answerer;
import dev.hone.rag.answer.CitedAnswer;
import dev.hone.rag.answer.CitedAnswer.Answered;
import dev.hone.rag.answer.CitedAnswer.Refused;
import dev.hone.rag.answer.Statement;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.retrieve.Retriever;
import dev.hone.rag.store.Filter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Answers from passages of an index, keeping what they hold.
///
/// @param kind in the recipe
/// @param passages the most that are put before the model
/// @param leastRelevance below which nothing that was found counts as being about the question
record FromPassages(
    String kind,
    ChatModel model,
    PassageIndex index,
    Embedder embedder,
    int passages,
    double leastRelevance)
    implements Cited {
  /// A small model finds the answer in one passage, and loses it among five.
  private static final List<Integer> COUNTS = List.of(1, 2, 5);

  /// Tried on selection rows; the last is what `hone ask` has.
  private static final List<Double> RELEVANCES =
      List.of(0.0, 1.2, 1.5, Answerer.Settings.DEFAULT.leastRelevance());

  private static final int LOOKED_AT = 40;
  private static final int MOST_PASSAGES = Answerer.Settings.DEFAULT.passages();

  /// All the passages that fit, and no threshold.
  static FromPassages plain(String kind, ChatModel model, PassageIndex index, Embedder embedder) {
    return new FromPassages(kind, model, index, embedder, MOST_PASSAGES, 0);
  }

  FromPassages with(int count, double relevance) {
    return new FromPassages(kind, model, index, embedder, count, relevance);
  }

  /// The same with the number of passages, and then the relevance, that do best on selection rows.
  FromPassages chosen(Materials materials) throws IOException {
    var counts = COUNTS.stream().map(count -> with(count, 0)).toList();
    var best = best(counts, "choosing the number of passages", materials);
    var relevances = RELEVANCES.stream().map(value -> with(best.passages, value)).toList();
    return best(relevances, "choosing the threshold", materials);
  }

  private static FromPassages best(List<FromPassages> candidates, String what, Materials materials)
      throws IOException {
    var some = materials.selection().subList(0, Math.min(LOOKED_AT, materials.selection().size()));
    var best = candidates.getFirst();
    double most = -1;
    long done = 0;
    for (var candidate : candidates) {
      double sum = 0;
      for (var item : some) {
        sum += materials.metric().score(item.reference(), candidate.answer(item).text());
        materials.progress().at(what, ++done, (long) candidates.size() * some.size());
      }
      if (sum > most) {
        most = sum;
        best = candidate;
      }
    }
    return best;
  }

  /// The share of selection rows whose answer stands, word for word, in the passages that are
  /// found: short answers from them cannot be right more often.
  double reach(Materials materials) throws IOException {
    var retriever = new Retriever(embedder, index.opened().fusion());
    int reached = 0;
    for (var item : materials.selection()) {
      var found =
          retriever.find(index.opened().view(), item.question(), Filter.NONE, MOST_PASSAGES);
      boolean isThere =
          found.stream().anyMatch(hit -> Oracle.holds(hit.passage().passage().text(), item));
      reached += isThere ? 1 : 0;
    }
    return (double) reached / materials.selection().size();
  }

  private Answerer answerer(AnswerModel counting) {
    return new Answerer(
        new Retriever(embedder, index.opened().fusion()),
        counting,
        new Answerer.Settings(passages, leastRelevance, true));
  }

  /// What the model is asked, to be trained on.
  Conversation conversation(Item item) throws IOException {
    return answerer(new Counting(model))
        .conversation(index.opened().view(), item.question(), Filter.NONE);
  }

  @Override
  public Answer cited(Item item) throws IOException {
    var counting = new Counting(model);
    var answer = answerer(counting).answer(index.opened().view(), item.question(), Filter.NONE);
    return new Answer(answer, counting.promptTokens, counting.answerTokens, counting.isCut);
  }

  @Override
  public Reply answer(Item item) throws IOException {
    long start = System.nanoTime();
    var cited = cited(item);
    var answer = cited.answer();
    var text =
        switch (answer) {
          case Answered answered ->
              answered.statements().stream().map(Statement::text).collect(Collectors.joining(" "));
          case Refused refused -> refused.reason().words();
        };
    return new Reply(
        text,
        cited.promptTokens(),
        cited.answerTokens(),
        cited.isCut(),
        sources(answer),
        (System.nanoTime() - start) / 1e6);
  }

  private static List<String> sources(CitedAnswer answer) {
    return switch (answer) {
      case Answered answered ->
          answered.statements().stream()
              .flatMap(statement -> statement.citations().stream())
              .map(citation -> citation.passage().source())
              .distinct()
              .toList();
      case Refused any -> List.of();
    };
  }

  @Override
  public Map<String, Object> recipe() {
    var recipe = new LinkedHashMap<String, Object>();
    recipe.put("kind", kind);
    recipe.put("index", index.path().toString());
    recipe.put("passages", passages);
    recipe.put("least_relevance", leastRelevance);
    recipe.putAll(model.recipe());
    return recipe;
  }

  @Override
  public void close() throws IOException {
    index.opened().close();
  }

  /// Counts what an answer took.
  private static final class Counting implements AnswerModel {
    private final ChatModel model;
    private int promptTokens;
    private int answerTokens;
    private boolean isCut;

    Counting(ChatModel model) {
      this.model = model;
    }

    @Override
    public boolean fits(Conversation conversation) {
      return model.fits(conversation);
    }

    @Override
    public String answer(Conversation conversation) throws IOException {
      var reply = model.reply(conversation);
      promptTokens += reply.promptTokens();
      answerTokens += reply.answerTokens();
      isCut |= reply.isCut();
      return reply.text();
    }

    @Override
    public Set<String> controlTokens() {
      return model.controlTokens();
    }
  }
}
