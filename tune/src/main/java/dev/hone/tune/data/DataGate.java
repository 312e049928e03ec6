package dev.hone.tune.data;

import dev.hone.model.UsageException;
import dev.hone.model.text.Renderer;
import java.io.IOException;

/// Reads all data once before any compute: refuses what cannot be trained, counts what should be
/// looked at, and hands every good row on as tokens.
///
/// Of a row it remembers two 64-bit hashes, of what it says and of what it asks, to tell
/// duplicates, contradictions and held-out rows that are trained on. At a hundred million rows
/// these take 2 GB, and two different rows share a hash once in about two thousand such files.
public final class DataGate {
  private static final int ENOUGH_ROWS = 50;

  private final RowRenderer renderer;
  private final int maxLength;
  private final int findingsPerCheck;

  /// @param renderer renders rows as serving does
  /// @param maxLength tokens of an example that are kept
  /// @param trainsOnPrompt whether every token is learned, not the answers alone
  public DataGate(Renderer renderer, int maxLength, boolean trainsOnPrompt) {
    this(renderer, maxLength, trainsOnPrompt, GateReport.FINDINGS_PER_CHECK);
  }

  /// @param findingsPerCheck how many findings of a rule the report has; all are counted
  public DataGate(Renderer renderer, int maxLength, boolean trainsOnPrompt, int findingsPerCheck) {
    if (maxLength < TokenStore.MIN_LENGTH) {
      throw new UsageException(
          "--max-length must be at least %d, got %d".formatted(TokenStore.MIN_LENGTH, maxLength),
          "leave it out to use what the model allows");
    }
    this.renderer = new RowRenderer(renderer, trainsOnPrompt);
    this.maxLength = maxLength;
    this.findingsPerCheck = findingsPerCheck;
  }

  /// Checks a training file alone.
  public GateReport check(Source source) throws IOException {
    return check(source, Split.NONE, ExampleSink.NONE, ExampleSink.NONE);
  }

  /// Checks a training file, part of which is held out. Of held-out rows that repeat each other one
  /// is handed on.
  public GateReport check(Source source, Split split, ExampleSink training, ExampleSink heldOut)
      throws IOException {
    var pass = new Pass();
    pass.readTraining(source, split, training, heldOut);
    return pass.report();
  }

  /// Checks a training file and a held-out file, and that they share no row.
  public GateReport check(Source source, Source valid, ExampleSink training, ExampleSink heldOut)
      throws IOException {
    var pass = new Pass();
    pass.readTraining(source, Split.NONE, training, ExampleSink.NONE);
    pass.readHeldOut(valid, heldOut);
    return pass.report();
  }

  /// Checks a file to evaluate on: one row is enough.
  public GateReport checkHeldOut(Source source, ExampleSink heldOut) throws IOException {
    var pass = new Pass();
    pass.readHeldOut(source, heldOut);
    return pass.report();
  }

  /// One reading of everything: what has been seen so far.
  private final class Pass {
    private final Findings findings = new Findings(findingsPerCheck);
    private final Seen trained = new Seen();
    private Totals training = Totals.NONE;
    private Totals heldOut = Totals.NONE;

    void readTraining(Source source, Split split, ExampleSink trainingSink, ExampleSink heldOutSink)
        throws IOException {
      var file = new FileGate(source, findings, renderer, maxLength);
      file.read(line -> {
        long content = trained.hash.content(line.row());
        boolean isNew = trained.add(file, line, content);
        if (!split.holdsOut(content)) {
          training = file.pass(line, training, trainingSink);
        } else if (isNew) {
          heldOut = file.pass(line, heldOut, heldOutSink);
        }
      });
      checkCount(file);
    }

    void readHeldOut(Source source, ExampleSink sink) throws IOException {
      var file = new FileGate(source, findings, renderer, maxLength);
      var own = new Seen();
      file.read(line -> {
        long content = own.hash.content(line.row());
        own.add(file, line, content);
        trained.noteLeak(file, line, content);
        heldOut = file.pass(line, heldOut, sink);
      });
    }

    private void checkCount(FileGate file) {
      if (file.rows() == 1) {
        file.noteFile(Check.TOO_FEW_ROWS, "holds a single row; training needs two at least");
      } else if (file.rows() > 1 && file.rows() < ENOUGH_ROWS) {
        file.noteFile(
            Check.FEW_ROWS, "holds %d rows, fewer than %d".formatted(file.rows(), ENOUGH_ROWS));
      }
    }

    GateReport report() {
      return findings.report(training, heldOut);
    }
  }

  /// The rows of a file so far, as hashes.
  private static final class Seen {
    private final RowHash hash = new RowHash();
    private final LongSet contents = new LongSet();
    private final LongSet questions = new LongSet();

    /// Adds a row; false where it repeats an earlier one.
    boolean add(FileGate file, Line.Valid line, long content) {
      if (!contents.add(content)) {
        file.note(line, Check.DUPLICATE, "", "repeats an earlier row");
        return false;
      }
      var question = hash.question(line.row());
      if (question.isPresent() && !questions.add(question.getAsLong())) {
        file.note(
            line, Check.CONTRADICTION, "", "asks what an earlier row asks, with another answer");
      }
      return true;
    }

    void noteLeak(FileGate file, Line.Valid line, long content) {
      var question = hash.question(line.row());
      if (contents.contains(content)) {
        file.note(line, Check.HELD_OUT_IN_TRAINING, "", "also stands in the training file");
      } else if (question.isPresent() && questions.contains(question.getAsLong())) {
        file.note(
            line,
            Check.HELD_OUT_QUESTION_IN_TRAINING,
            "",
            "asks what a training row asks, with another answer");
      }
    }
  }
}
