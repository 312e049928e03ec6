package dev.hone.rag.measure;

import dev.hone.rag.embed.Embedder;
import dev.hone.rag.measure.IndexReport.Percentiles;
import dev.hone.rag.retrieve.Coverage;
import dev.hone.rag.retrieve.Fusion;
import dev.hone.rag.retrieve.Retrieved;
import dev.hone.rag.store.Filter;
import dev.hone.rag.store.PassageView;
import dev.hone.rag.store.Scored;
import dev.hone.rag.store.StoredPassage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Asks an index questions whose documents are known.
public final class IndexMeasure {
  public static final String HONE = "words + vectors";
  private static final int DEPTH = 100;
  private static final int SHOWN = 5;
  private static final int RANKED = 30;
  private static final Map<String, Fusion> OTHERS = others();

  private final PassageView view;
  private final Embedder embedder;
  private final Fusion.Convex fusion;
  private final double leastRelevance;
  private final Map<Long, StoredPassage> passages = new HashMap<>();
  private final List<Double> searchMillis = new ArrayList<>();
  private final List<Double> embedMillis = new ArrayList<>();

  private IndexMeasure(
      PassageView view, Embedder embedder, Fusion.Convex fusion, double leastRelevance) {
    this.view = view;
    this.embedder = embedder;
    this.fusion = fusion;
    this.leastRelevance = leastRelevance;
  }

  private static Map<String, Fusion> others() {
    var others = new LinkedHashMap<String, Fusion>();
    others.put("words alone (BM25)", new Fusion.Convex(1));
    others.put("vectors alone", new Fusion.Convex(0));
    others.put("rank fusion, k = 60", new Fusion.ReciprocalRank(60));
    return others;
  }

  /// Who is told how far it is.
  @FunctionalInterface
  public interface Progress {
    void asked(int done, int total);
  }

  /// @param fusion in use
  /// @param leastRelevance in use for refusing
  public static IndexReport run(
      PassageView view,
      Embedder embedder,
      Fusion.Convex fusion,
      double leastRelevance,
      List<Question> questions,
      Progress progress)
      throws IOException {
    return new IndexMeasure(view, embedder, fusion, leastRelevance).run(questions, progress);
  }

  /// Both legs for one question.
  private record Legs(Question question, List<Scored> words, List<Scored> vectors) {}

  private IndexReport run(List<Question> questions, Progress progress) throws IOException {
    var legs = new ArrayList<Legs>();
    for (var question : questions) {
      legs.add(search(question));
      progress.asked(legs.size(), questions.size());
    }
    var rankings = new LinkedHashMap<String, Ranks>();
    rankings.put(HONE, ranks(legs, fusion));
    for (var other : OTHERS.entrySet()) {
      rankings.put(other.getKey(), ranks(legs, other.getValue()));
    }
    var advantages = new LinkedHashMap<String, Interval>();
    for (var other : OTHERS.keySet()) {
      advantages.put(other, Interval.ofDifference(rankings.get(HONE), rankings.get(other)));
    }
    var answerable = relevances(legs, false);
    var unanswerable = relevances(legs, true);
    var missed = missed(legs, rankings.get(HONE));
    return new IndexReport(
        questions.size(),
        rankings,
        advantages,
        counts(missed),
        Percentiles.of(searchMillis),
        Percentiles.of(embedMillis),
        RefusalMeasure.of(leastRelevance, answerable, unanswerable),
        tuning(legs),
        passageCount(legs),
        missed,
        new IndexReport.Relevances(boxed(answerable), boxed(unanswerable)),
        new CitationMeasure(view).run(questions, rankings(legs)::get));
  }

  private Map<Question, List<StoredPassage>> rankings(List<Legs> legs) throws IOException {
    var rankings = new HashMap<Question, List<StoredPassage>>();
    for (var asked : legs) {
      var ranking = new ArrayList<StoredPassage>();
      for (var hit : fusion.fuse(asked.words(), asked.vectors()).stream().limit(RANKED).toList()) {
        ranking.add(passage(hit.id()));
      }
      rankings.put(asked.question(), ranking);
    }
    return rankings;
  }

  private static List<Double> boxed(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private Optional<WeightTuning> tuning(List<Legs> legs) throws IOException {
    return legs.size() < WeightTuning.LEAST_QUESTIONS
        ? Optional.empty()
        : Optional.of(
            WeightTuning.run(
                fusion.weight(),
                (weight, isSecondHalf) ->
                    ranks(half(legs, isSecondHalf), new Fusion.Convex(weight))));
  }

  private Optional<PassageCount> passageCount(List<Legs> legs) throws IOException {
    return legs.size() < WeightTuning.LEAST_QUESTIONS
        ? Optional.empty()
        : Optional.of(
            PassageCount.choose(ranks(half(legs, false), fusion), ranks(half(legs, true), fusion)));
  }

  /// Every second question.
  private static List<Legs> half(List<Legs> legs, boolean isSecond) {
    var half = new ArrayList<Legs>();
    for (int i = isSecond ? 1 : 0; i < legs.size(); i += 2) {
      half.add(legs.get(i));
    }
    return half;
  }

  private Legs search(Question question) throws IOException {
    long start = System.nanoTime();
    var vector = embedder.query(question.text());
    long embedded = System.nanoTime();
    var words = view.byWords(question.text(), Filter.NONE, DEPTH);
    var vectors = view.byVector(vector, Filter.NONE, DEPTH);
    embedMillis.add((embedded - start) / 1e6);
    searchMillis.add((System.nanoTime() - embedded) / 1e6);
    return new Legs(question, words, vectors);
  }

  private StoredPassage passage(long id) throws IOException {
    var known = passages.get(id);
    if (known != null) {
      return known;
    }
    var read = view.passage(id);
    passages.put(id, read);
    return read;
  }

  private Ranks ranks(List<Legs> legs, Fusion fusion) throws IOException {
    var ranks = new int[legs.size()];
    for (int i = 0; i < ranks.length; i++) {
      var asked = legs.get(i);
      ranks[i] = rank(fusion.fuse(asked.words(), asked.vectors()), asked.question());
    }
    return new Ranks(ranks);
  }

  private int rank(List<Scored> ranking, Question question) throws IOException {
    for (int i = 0; i < Math.min(DEPTH, ranking.size()); i++) {
      if (question.isAnsweredFrom(passage(ranking.get(i).id()))) {
        return i + 1;
      }
    }
    return 0;
  }

  private static Map<Miss, Integer> counts(List<IndexReport.Missed> missed) {
    var counts = new TreeMap<Miss, Integer>();
    missed.forEach(question -> counts.merge(question.why(), 1, Integer::sum));
    return counts;
  }

  private List<IndexReport.Missed> missed(List<Legs> legs, Ranks ranks) throws IOException {
    var missed = new ArrayList<IndexReport.Missed>();
    var standing = ranks.ranks();
    for (int i = 0; i < standing.length; i++) {
      if (standing[i] == 0 || standing[i] > SHOWN) {
        var why = miss(legs.get(i), standing[i]);
        missed.add(new IndexReport.Missed(legs.get(i).question(), why, standing[i]));
      }
    }
    return missed;
  }

  private Miss miss(Legs legs, int rank) throws IOException {
    if (rank > 0) {
      return Miss.TOO_LOW;
    }
    boolean isFound =
        rank(legs.words(), legs.question()) > 0 || rank(legs.vectors(), legs.question()) > 0;
    if (isFound) {
      return Miss.TOO_LOW;
    }
    var source = legs.question().source();
    boolean isIndexed = source.isEmpty() || view.document(source.get()).isPresent();
    return isIndexed ? Miss.NOT_FOUND : Miss.NOT_INDEXED;
  }

  /// The relevance of the best of the first passages, for each question.
  ///
  /// @param isBlind as if the document that answers it were not there
  private double[] relevances(List<Legs> legs, boolean isBlind) throws IOException {
    var relevances = new double[legs.size()];
    for (int i = 0; i < relevances.length; i++) {
      relevances[i] = relevance(legs.get(i), isBlind);
    }
    return relevances;
  }

  private double relevance(Legs legs, boolean isBlind) throws IOException {
    Predicate<StoredPassage> isSeen =
        passage -> !isBlind || !legs.question().isOfItsDocument(passage);
    var words = seen(legs.words(), isSeen);
    var vectors = seen(legs.vectors(), isSeen);
    var cosines = new HashMap<Long, Double>();
    vectors.forEach(hit -> cosines.put(hit.id(), hit.score()));
    var coverage = new Coverage(view, legs.question().text());
    double best = 0;
    for (var hit : fusion.fuse(words, vectors).stream().limit(SHOWN).toList()) {
      double covered = coverage.of(view.stems(passage(hit.id()).passage().text()));
      best = Math.max(best, Retrieved.relevance(cosines.getOrDefault(hit.id(), 0.0), covered));
    }
    return best;
  }

  private List<Scored> seen(List<Scored> leg, Predicate<StoredPassage> isSeen) throws IOException {
    var seen = new ArrayList<Scored>();
    for (var hit : leg) {
      if (isSeen.test(passage(hit.id()))) {
        seen.add(hit);
      }
    }
    return seen;
  }
}
