package dev.hone.bench;

import dev.hone.model.checkpoint.AtomicDirectory;
import dev.hone.rag.passage.Passage;
import dev.hone.rag.retrieve.Fusion;
import dev.hone.rag.store.EmbeddedPassage;
import dev.hone.rag.store.Filter;
import dev.hone.rag.store.LuceneStore;
import dev.hone.rag.store.PassageView;
import dev.hone.rag.store.Scored;
import dev.hone.rag.store.StoredDocument;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/// Hybrid search in Hone's store, and search by vectors in LangChain4j's in-memory store, by turns:
/// `bench/run StoreBench FILE PASSAGES [rival|alone]`. Texts are the lines of FILE, again and again
/// with a word of their own; vectors are drawn around a thousand centres.
public final class StoreBench {
  private static final int DIMENSION = 384;
  private static final int CENTRES = 1_000;
  private static final int QUESTIONS = 300;
  private static final int WARM_UP = 1_000;
  private static final int DEPTH = 100;
  private static final int PASSAGES_PER_DOCUMENT = 50;

  private final SplittableRandom random = new SplittableRandom(1);
  private final float[][] centres = new float[CENTRES][];
  private final List<String> texts;
  private final int count;

  private StoreBench(List<String> texts, int count) {
    this.texts = texts;
    this.count = count;
    for (int i = 0; i < CENTRES; i++) {
      centres[i] = unit(new float[DIMENSION], 1);
    }
  }

  public static void main(String[] args) throws IOException {
    var texts = Files.readAllLines(Path.of(args[0])).stream().filter(t -> !t.isBlank()).toList();
    boolean hasRival = args.length < 3 || args[2].equals("rival");
    new StoreBench(texts, Integer.parseInt(args[1])).run(hasRival);
  }

  /// `around` plus noise, made length 1.
  private float[] unit(float[] around, double noise) {
    var vector = new float[DIMENSION];
    double sum = 0;
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) (around[i] + noise * random.nextGaussian() / Math.sqrt(DIMENSION));
      sum += (double) vector[i] * vector[i];
    }
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] /= (float) Math.sqrt(sum);
    }
    return vector;
  }

  private float[] vector() {
    return unit(centres[random.nextInt(CENTRES)], 0.8);
  }

  private void run(boolean hasRival) throws IOException {
    var dir = Files.createTempDirectory("store-bench");
    var rival = new InMemoryEmbeddingStore<TextSegment>();
    long start = System.nanoTime();
    try (var store = LuceneStore.open(dir.resolve("index"))) {
      build(store, hasRival ? rival : null);
      store.commit();
    }
    say("built in %.1f s, %.0f passages/s", since(start), count / since(start));
    long bytes = size(dir.resolve("index"));
    say("index: %.1f MB, %.0f bytes a passage", bytes / 1e6, (double) bytes / count);
    start = System.nanoTime();
    try (var view = LuceneStore.read(dir.resolve("index"))) {
      view.byWords("kettle", Filter.NONE, 1);
      say("opened, and first answer: %.2f s", since(start));
      var file = dir.resolve("rival.json");
      if (hasRival) {
        rival.serializeToFile(file);
        start = System.nanoTime();
        rival = InMemoryEmbeddingStore.fromFile(file);
        say(
            "LangChain4j's store: %.1f MB of JSON, opened in %.2f s",
            Files.size(file) / 1e6, since(start));
      }
      search(view, hasRival ? rival : null);
    }
    say(
        "heap in use: %.0f MB",
        (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / 1e6);
    AtomicDirectory.deleteTree(dir);
  }

  private void build(LuceneStore store, InMemoryEmbeddingStore<TextSegment> rival)
      throws IOException {
    for (int done = 0; done < count; done += PASSAGES_PER_DOCUMENT) {
      var passages = new ArrayList<EmbeddedPassage>();
      for (int i = done; i < Math.min(count, done + PASSAGES_PER_DOCUMENT); i++) {
        var text = texts.get(i % texts.size()) + (i < texts.size() ? "" : " copy" + i);
        var vector = vector();
        passages.add(
            new EmbeddedPassage(new Passage(0, text, List.of(), 0, Map.of()), "h" + i, vector));
        if (rival != null) {
          rival.add(Embedding.from(vector), TextSegment.from(text));
        }
      }
      store.put(new StoredDocument("d" + done, "", "", "", passages.size(), 0, Set.of()), passages);
    }
  }

  private void search(PassageView view, InMemoryEmbeddingStore<TextSegment> rival)
      throws IOException {
    var ours = new ArrayList<Double>();
    var byVectorMillis = new ArrayList<Double>();
    var byWordsMillis = new ArrayList<Double>();
    var theirs = new ArrayList<Double>();
    double recall = 0;
    for (int i = -WARM_UP; i < QUESTIONS; i++) {
      var words = texts.get(random.nextInt(texts.size())).split(" ");
      int from = random.nextInt(Math.max(1, words.length - 8));
      var question =
          String.join(" ", List.of(words).subList(from, Math.min(words.length, from + 8)));
      var vector = vector();
      long start = System.nanoTime();
      var byVector = view.byVector(vector, Filter.NONE, DEPTH);
      long vectorsDone = System.nanoTime();
      var byWords = view.byWords(question, Filter.NONE, DEPTH);
      long wordsDone = System.nanoTime();
      var fused = Fusion.DEFAULT.fuse(byWords, byVector);
      for (var hit : fused.subList(0, 5)) {
        view.passage(hit.id());
      }
      long between = System.nanoTime();
      if (rival != null) {
        rival.search(
            EmbeddingSearchRequest.builder()
                .queryEmbedding(Embedding.from(vector))
                .maxResults(10)
                .build());
      }
      if (i >= 0) {
        ours.add((between - start) / 1e6);
        byVectorMillis.add((vectorsDone - start) / 1e6);
        byWordsMillis.add((wordsDone - vectorsDone) / 1e6);
        theirs.add((System.nanoTime() - between) / 1e6);
        recall += recall(byVector, view.byVectorExactly(vector, Filter.NONE, 10));
      }
    }
    say("hone, words and vectors, five texts: %s", percentiles(ours));
    say("  of these vectors %s; words %s", percentiles(byVectorMillis), percentiles(byWordsMillis));
    if (rival != null) {
      say("LangChain4j, vectors alone: %s", percentiles(theirs));
    }
    say("recall@10 of the graph against exact search: %.4f", recall / QUESTIONS);
  }

  private static double recall(List<Scored> found, List<Scored> exact) {
    var ids = new HashSet<Long>();
    found.stream().limit(10).forEach(hit -> ids.add(hit.id()));
    return exact.stream().filter(hit -> ids.contains(hit.id())).count() / (double) exact.size();
  }

  private static String percentiles(List<Double> millis) {
    Collections.sort(millis);
    return String.format(
        Locale.ROOT,
        "p50 %.2f ms, p95 %.2f ms",
        millis.get(millis.size() / 2),
        millis.get((int) (millis.size() * 0.95)));
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static long size(Path dir) throws IOException {
    try (var files = Files.walk(dir)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
