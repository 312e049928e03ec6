import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Writes the rows of the embedded model's second stage, those of the step between ([CopyRows]),
/// and the sets that it is measured on.
///
/// Arguments: the shared data, a directory to write to, and `--rows N` (60,000), `--seed S` (25),
/// `--unanswerable PERCENT` of the questions about a passage (25). The same arguments give the same
/// bytes.
///
/// The mixture, in shares of the rows:
///
/// | kind | share | from |
/// |---|---|---|
/// | passage | 40 % | questions about a passage, a quarter of them unanswerable; SQuAD |
/// | format | 20 % | a format to infer from 0 to 6 examples; generated |
/// | instruction | 15 % | a system prompt's instruction on the answer's form; SQuAD, generated |
/// | tools | 15 % | calls of tools and replies to results; tool-call dialogues, generated |
/// | talk | 10 % | small talk, identity, repeating; written for this project |
///
/// Of SQuAD it reads a quarter of the training articles, of the tool calls the training rows, and
/// for measuring the 13 held-out articles. Validation rows come from whole articles and whole
/// conversations that no training row comes from, and no prompt occurs twice.
final class StageTwo {
  private static final int COPY_ROWS = 4_000;
  private static final int VALID_ROWS = 1000;
  private static final int VALID_ARTICLES = 8;
  private static final int VALID_CONVERSATIONS = 20;
  private static final int MAX_TOKENS = 410;
  private static final Map<String, Double> SHARES = new LinkedHashMap<>();

  static {
    SHARES.put("passage", 0.40);
    SHARES.put("format", 0.20);
    SHARES.put("instruction", 0.15);
    SHARES.put("tools", 0.15);
    SHARES.put("talk", 0.10);
  }

  private final Path shared;
  private final Path lists;
  private final long seed;
  private final double unanswerable;
  private final Set<String> prompts = new HashSet<>();

  private StageTwo(Path shared, Path lists, long seed, double unanswerable) {
    this.shared = shared;
    this.lists = lists;
    this.seed = seed;
    this.unanswerable = unanswerable;
  }

  public static void main(String[] args) throws IOException {
    var words = new ArrayList<>(Arrays.asList(args));
    int rows = (int) option(words, "--rows", 60_000);
    long seed = option(words, "--seed", 25);
    double unanswerable = option(words, "--unanswerable", 25) / 100.0;
    if (words.size() != 3) {
      throw new IllegalArgumentException(
          "usage: LISTS SHARED OUT [--rows N] [--seed S] [--unanswerable PERCENT]");
    }
    new StageTwo(Path.of(words.get(1)), Path.of(words.get(0)), seed, unanswerable)
        .write(rows, Path.of(words.get(2)));
  }

  private static long option(List<String> words, String name, long otherwise) {
    int place = words.indexOf(name);
    if (place < 0) {
      return otherwise;
    }
    words.remove(place);
    return Long.parseLong(words.remove(place));
  }

  private void write(int count, Path out) throws IOException {
    Files.createDirectories(out.resolve("eval"));
    var articles = Squad.read(shared.resolve("data/squad/train-quarter.json"));
    var dialogues = Dialogue.read(shared.resolve("data/toolcalls/train.jsonl"));
    var lexicon = Lexicon.read(lists.resolve("lexicon.txt"), passages(articles));
    var split = new SplittableRandom(seed);
    var shuffled = new Draw(split.split(), lexicon).shuffled(articles);
    var train = shuffled.subList(VALID_ARTICLES, shuffled.size());
    var valid = shuffled.subList(0, VALID_ARTICLES);
    write(
        out.resolve("stage2-valid.jsonl"),
        kinds(valid, side(dialogues, true), lexicon, split.split()),
        VALID_ROWS,
        split.split());
    write(
        out.resolve("stage2-train.jsonl"),
        kinds(train, side(dialogues, false), lexicon, split.split()),
        count,
        split.split());
    measured(new Draw(split.split(), lexicon), out.resolve("eval"));
    copies(new CopyRows(passages(train), new Draw(split.split(), lexicon)), out);
  }

  private static void copies(CopyRows rows, Path out) throws IOException {
    var texts = Stream.generate(rows::next).limit(COPY_ROWS).map(text -> Map.of("text", text));
    Files.write(out.resolve("copy.jsonl"), texts.map(Chat::json).toList());
  }

  private static List<String> passages(List<Squad.Article> articles) {
    return articles.stream()
        .flatMap(article -> article.paragraphs().stream())
        .map(Squad.Paragraph::text)
        .toList();
  }

  private static List<Dialogue> side(List<Dialogue> dialogues, boolean isValid) {
    return dialogues.stream()
        .filter(dialogue -> isValid == isHeldOut(dialogue.conversation()))
        .toList();
  }

  private static boolean isHeldOut(String conversation) {
    return Math.floorMod(conversation.hashCode(), VALID_CONVERSATIONS) == 0;
  }

  private List<Kind> kinds(
      List<Squad.Article> articles,
      List<Dialogue> dialogues,
      Lexicon lexicon,
      SplittableRandom random)
      throws IOException {
    Supplier<Draw> draws = () -> new Draw(random.split(), lexicon);
    return List.of(
        new PassageRows(articles, unanswerable, draws.get()),
        new FormatRows(rules(draws.get()), draws.get()),
        new InstructionRows(articles, draws.get()),
        new ToolRows(dialogues, draws.get()),
        new TalkRows(TalkRows.read(lists.resolve("talk.txt")), draws.get()));
  }

  private List<Supplier<Task>> rules(Draw draw) throws IOException {
    var words = new WordRules(draw).all();
    var records = new RecordRules(draw).all();
    var labels = new LabelRules(draw, intents()).all();
    return Stream.of(words, records, labels, labels).flatMap(List::stream).toList();
  }

  private Map<String, List<String>> intents() throws IOException {
    var intents = new LinkedHashMap<String, List<String>>();
    for (var line : Files.readAllLines(lists.resolve("intents.txt"))) {
      int colon = line.indexOf(':');
      if (!line.startsWith("#") && colon > 0) {
        var sentences = Arrays.stream(line.substring(colon + 1).split("\\|")).map(String::strip);
        intents.put(line.substring(0, colon), sentences.toList());
      }
    }
    return intents;
  }

  private void write(Path file, List<Kind> kinds, int count, SplittableRandom random)
      throws IOException {
    var rows = new ArrayList<Row>();
    for (var kind : kinds) {
      int wanted = (int) Math.round(count * SHARES.get(kind.name()));
      for (int i = 0; i < wanted; i++) {
        rows.add(next(kind));
      }
    }
    shuffle(rows, random);
    Files.write(file, rows.stream().map(Row::json).toList());
    System.out.print(summary(file, rows));
  }

  /// The next row of a kind that is short enough and asks what no row has asked.
  private Row next(Kind kind) {
    for (int tries = 0; tries < 1000; tries++) {
      var row = kind.next();
      boolean isFine =
          row.isPresent()
              && row.get().chat().tokens() <= MAX_TOKENS
              && prompts.add(row.get().chat().prompt());
      if (isFine) {
        return row.get();
      }
    }
    throw new IllegalStateException("no more different rows of kind " + kind.name());
  }

  private static void shuffle(List<Row> rows, SplittableRandom random) {
    for (int i = rows.size() - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      var row = rows.get(i);
      rows.set(i, rows.get(other));
      rows.set(other, row);
    }
  }

  private static String summary(Path file, List<Row> rows) {
    var counts = new TreeMap<String, Integer>();
    var tokens = new TreeMap<String, Long>();
    for (var row : rows) {
      counts.merge(row.kind(), 1, Integer::sum);
      tokens.merge(row.kind(), (long) row.chat().tokens(), Long::sum);
    }
    var text = new StringBuilder("%s: %,d rows%n".formatted(file.getFileName(), rows.size()));
    counts.forEach((kind, count) ->
        text.append(
            "  %-12s %,7d rows  %4.1f %%  %,11d tokens, about%n"
                .formatted(kind, count, 100.0 * count / rows.size(), tokens.get(kind))));
    return text.toString();
  }

  private void measured(Draw draw, Path directory) throws IOException {
    var sets = new EvalSets(draw);
    sets.passages(Squad.read(shared.resolve("data/squad/dev-13articles.json")), directory);
    sets.formats(directory);
  }
}
