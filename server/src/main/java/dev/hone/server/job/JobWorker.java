package dev.hone.server.job;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.text.Renderers;
import dev.hone.model.text.Tokenizer;
import dev.hone.tune.data.DataGate;
import dev.hone.tune.data.ExampleSink;
import dev.hone.tune.data.GateReport;
import dev.hone.tune.data.Source;
import dev.hone.tune.run.TuneRun;
import dev.hone.tune.train.DivergedException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// The process that trains one job. It goes on where an earlier one ended, and may be killed at any
/// time.
///
/// What it has to say is in its [Report]. It ends with a stack trace where the world has failed it:
/// the server starts another.
public final class JobWorker {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final JobFiles files;
  private final WorkOrder order;
  private final StopSignal stop;

  private JobWorker(JobFiles files, StopSignal stop) throws IOException {
    this.files = files;
    this.order = WorkOrder.read(files.order());
    this.stop = stop;
  }

  /// @param args the job's directory
  public static void main(String[] args) throws IOException, InterruptedException {
    var stop = StopSignal.listen();
    var files = new JobFiles(Path.of(args[0]));
    var lock = WorkerLock.await(files.lock(), stop);
    if (lock.isPresent()) {
      try (var held = lock.get();
          var report = Report.open(files.report())) {
        new JobWorker(files, stop).run(report);
      }
    }
  }

  private void run(Report report) throws IOException {
    var reporter = new Reporter(files, report);
    var end = end(reporter);
    if (end.isPresent()) {
      report.add(end.get());
      report.force();
    }
  }

  /// @return empty when stopped, to go on later
  private Optional<ReportLine> end(Reporter reporter) throws IOException {
    try {
      return TuneRun.run(order.request(files, true), reporter, stop)
          .map(summary -> new ReportLine.Succeeded(Reporter.now(), summary.tokens()));
    } catch (UsageException e) {
      return Optional.of(refused(e, reporter.phase()));
    } catch (DivergedException e) {
      return Optional.of(failed("training_diverged", e.getMessage(), ""));
    }
  }

  private ReportLine refused(UsageException e, String phase) throws IOException {
    return switch (phase) {
      case "opening the model" -> failed("invalid_model", e.getMessage(), "model");
      case "checking the data" -> refusedData(e);
      default -> failed("training_failed", e.getMessage(), "");
    };
  }

  private ReportLine refusedData(UsageException e) throws IOException {
    var offences = offences();
    if (offences.isEmpty()) {
      var message = "The job failed due to an invalid training file. " + e.getMessage();
      return failed("invalid_training_file", message, Offence.TRAINING);
    }
    var lines = new StringBuilder();
    offences.forEach(one -> lines.append(JSON.writeValueAsString(one)).append('\n'));
    AtomicFile.write(files.offences(), lines.toString());
    var error = FileVerdict.badRows(offences).error();
    return failed(error.code(), error.message(), error.param().orElse(""));
  }

  /// The gate once more, for everything that is wrong instead of the first few of each kind.
  private List<Offence> offences() throws IOException {
    try (var arena = Arena.ofConfined()) {
      var checkpoint = Checkpoint.open(Path.of(order.base()), arena);
      var tokenizer = Tokenizer.open(checkpoint);
      var renderer = Renderers.open(Path.of(order.base()), tokenizer, Optional.empty());
      var gate = new DataGate(renderer, order.maxLength(), false, Integer.MAX_VALUE);
      return check(gate).findings().stream()
          .filter(finding -> finding.problem().check().isError())
          .map(Offence::of)
          .toList();
    }
  }

  private GateReport check(DataGate gate) throws IOException {
    var train = new Source(files.train());
    var valid = files.validIfPresent().map(Source::new);
    return valid.isPresent()
        ? gate.check(train, valid.get(), ExampleSink.NONE, ExampleSink.NONE)
        : gate.check(train);
  }

  /// Paths of the server are not the caller's business.
  private ReportLine failed(String code, String message, String param) {
    var text =
        message
            .replace(files.directory() + "/", "")
            .replace(order.base(), "the base model")
            .lines()
            .findFirst()
            .orElse("");
    return new ReportLine.Failed(Reporter.now(), code, text, param);
  }
}
