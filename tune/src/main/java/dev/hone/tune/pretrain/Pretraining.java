package dev.hone.tune.pretrain;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Makes what a training from scratch starts from: the corpus divided, a tokenizer, and a model
/// that has learned nothing yet. From there on it is a full tuning run.
///
/// ```
/// OUT/corpus/  train.jsonl, valid.jsonl, valid-SOURCE.jsonl
/// OUT/start/   the tokenizer and the model
/// ```
///
/// All of it is there once `prepared.json` is, which says what it was made from; a run that is
/// resumed must ask for the same.
public final class Pretraining {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Request request;
  private final Consumer<String> phase;

  private Pretraining(Request request, Consumer<String> phase) {
    this.request = request;
    this.phase = phase;
  }

  /// What is asked for.
  ///
  /// @param files of the corpus
  /// @param out the run's directory
  /// @param tokenizer a directory with one that is there already; where empty, one is learned
  /// @param shape of the model; with a tokenizer given, its vocabulary counts
  /// @param heldOutShare of the documents
  /// @param seed of the split and the weights
  public record Request(
      List<Path> files,
      Path out,
      Optional<Path> tokenizer,
      Architecture shape,
      double heldOutShare,
      long seed) {
    public Request {
      files = List.copyOf(files);
    }
  }

  /// Prepares what is not prepared yet.
  ///
  /// @param phase is told what is being done
  public static Pretraining prepare(Request request, Consumer<String> phase) throws IOException {
    var pretraining = new Pretraining(request, phase);
    if (Files.exists(pretraining.prepared())) {
      pretraining.requireSame();
    } else {
      pretraining.prepare();
    }
    return pretraining;
  }

  public Path start() {
    return request.out().resolve("start");
  }

  public Path training() {
    return corpus().resolve(Corpus.TRAINING);
  }

  public Path heldOut() {
    return corpus().resolve(Corpus.HELD_OUT);
  }

  /// Where the trained model goes.
  public Path model() {
    return request.out().resolve("model");
  }

  /// Held-out documents by source; those that have any.
  public Map<String, Path> heldOutBySource() {
    var files = new TreeMap<String, Path>();
    for (var file : request.files()) {
      var source = Corpus.source(file);
      if (Files.exists(Corpus.heldOut(corpus(), source))) {
        files.put(source, Corpus.heldOut(corpus(), source));
      }
    }
    return files;
  }

  private Path corpus() {
    return request.out().resolve("corpus");
  }

  private Path prepared() {
    return request.out().resolve("prepared.json");
  }

  private void prepare() throws IOException {
    Files.createDirectories(corpus());
    Files.createDirectories(start());
    phase.accept("dividing the corpus");
    long documents =
        Corpus.divide(request.files(), corpus(), request.heldOutShare(), request.seed());
    if (documents == 0) {
      throw new UsageException("the corpus holds no document", "name other files with --data");
    }
    if (Files.size(heldOut()) == 0) {
      throw new UsageException(
          "none of the corpus's %,d documents is held out".formatted(documents),
          "give a larger share with --held-out");
    }
    int vocabSize = request.tokenizer().isPresent() ? copyTokenizer() : learnTokenizer();
    phase.accept("writing a model to start from");
    NewModel.write(start(), request.shape().withVocabSize(vocabSize), request.seed());
    AtomicFile.write(prepared(), JSON.writeValueAsString(description()) + "\n");
  }

  private int learnTokenizer() throws IOException {
    phase.accept("counting words");
    var words = new WordCounts();
    Documents.read(training(), words::add);
    phase.accept("learning a vocabulary");
    int most = TokenizerFiles.merges(request.shape().vocabSize());
    TokenizerFiles.write(
        start(), BytePairs.learn(words.counts(), most), request.shape().contextLength());
    return request.shape().vocabSize();
  }

  private int copyTokenizer() throws IOException {
    var dir = request.tokenizer().orElseThrow();
    int vocabSize = Tokenizer.open(dir).vocabSize();
    for (var name : List.of("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")) {
      if (Files.exists(dir.resolve(name))) {
        AtomicFile.copy(dir.resolve(name), start().resolve(name));
      }
    }
    return vocabSize;
  }

  private Map<String, Object> description() throws IOException {
    var files = new LinkedHashMap<String, Object>();
    for (var file : request.files()) {
      files.put(file.getFileName().toString(), Files.size(file));
    }
    var description = new LinkedHashMap<String, Object>();
    description.put("files", files);
    description.put("tokenizer", request.tokenizer().map(Path::toString).orElse("learned"));
    description.put("model", request.shape());
    description.put("held_out_share", request.heldOutShare());
    description.put("seed", request.seed());
    return description;
  }

  private void requireSame() throws IOException {
    var asked = JSON.readTree(JSON.writeValueAsString(description()));
    var made = JSON.readTree(Files.readString(prepared()));
    if (!asked.equals(made)) {
      throw new UsageException(
          request.out() + ": was prepared with another corpus or other options, see prepared.json",
          "give them as they were, or another --out");
    }
  }
}
