package dev.hone.cli;

import dev.hone.ladder.judge.Judge;
import dev.hone.ladder.judge.Label;
import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// How a model judges, where `--metric` names one.
@Command(header = "A judge (--metric judge:MODEL):")
final class JudgeOptions {
  @Option(
      names = "--judge-rubric",
      paramLabel = "FILE",
      description = "Says in words what makes an answer better. Default: right, and to the point.")
  private Optional<Path> rubric = Optional.empty();

  @Option(
      names = "--judge-labels",
      paramLabel = "FILE",
      description =
          "What people say: lines {\"question\", \"answer_a\", \"answer_b\", \"better\": \"A\","
              + " \"B\" or \"tie\"}. From 50 on they say how good the judge is, and correct its"
              + " scores. The report has pairs to label (to-label.jsonl).")
  private Optional<Path> labels = Optional.empty();

  @Option(
      names = "--judge-repeats",
      paramLabel = "N",
      description = "Each pair is judged so often, in both orders. Default: 1.")
  private Optional<Integer> repeats = Optional.empty();

  @Option(
      names = "--judge-own-family",
      description =
          "Take a judge of the same family as --base, although models prefer what they have written"
              + " themselves.")
  private boolean isOwnFamilyTaken;

  @Option(
      names = "--judge-key-file",
      paramLabel = "FILE",
      description = "Holds the judge's key. Default: from the environment.")
  private Optional<Path> keyFile = Optional.empty();

  void refuseWithoutJudge(Optional<String> metric) {
    boolean isGiven =
        isOwnFamilyTaken
            || Stream.of(rubric, labels, repeats, keyFile).anyMatch(Optional::isPresent);
    if (isGiven && metric.filter(name -> name.startsWith(Judge.NAME)).isEmpty()) {
      throw new UsageException(
          "--judge-… says how a judge judges, and --metric names none",
          "add --metric judge:MODEL, or leave it out");
    }
  }

  Optional<String> rubric() throws IOException {
    if (rubric.isEmpty()) {
      return Optional.empty();
    }
    var text = Files.readString(rubric.get()).strip();
    if (text.isEmpty()) {
      throw new UsageException(rubric.get() + ": is empty", "say what makes an answer better");
    }
    return Optional.of(text);
  }

  /// None where no file is named.
  List<Label> labels() throws IOException {
    return labels.isPresent() ? Label.read(labels.get()) : List.of();
  }

  int repeats() {
    return Bounds.atLeast(1, "--judge-repeats", repeats.orElse(1));
  }

  boolean isOwnFamilyTaken() {
    return isOwnFamilyTaken;
  }

  Optional<Path> keyFile() {
    return keyFile;
  }
}
