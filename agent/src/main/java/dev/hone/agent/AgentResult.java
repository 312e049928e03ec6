package dev.hone.agent;

import dev.hone.ladder.statistics.Discordance;
import dev.hone.ladder.statistics.Interval;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What was measured, on the same recordings.
///
/// @param base the model as the rows ask it
/// @param prompted with a system prompt in place of the rows' own
/// @param adapted with an adapter
public record AgentResult(
    List<Recording> recordings,
    AgentScore base,
    Optional<AgentScore> prompted,
    Optional<AgentScore> adapted,
    double seconds) {
  private static final double ERROR = 0.05;

  public AgentResult {
    recordings = List.copyOf(recordings);
  }

  /// How many more conversations are right the second way, as a share, and its 95 % interval.
  public static Interval gain(AgentScore from, AgentScore to) {
    return Discordance.of(from.rightConversations(), to.rightConversations()).difference(ERROR);
  }

  /// The first turn that could not be run, and why; empty where each could.
  public Optional<String> failure() {
    return Stream.of(Optional.of(base), prompted, adapted)
        .flatMap(Optional::stream)
        .flatMap(
            score -> IntStream.range(0, recordings.size()).boxed().flatMap(i -> failures(score, i)))
        .findFirst();
  }

  private Stream<String> failures(AgentScore score, int place) {
    return score.conversations().get(place).stream()
        .filter(run -> run.ending() == Run.Ending.FAILED)
        .map(run -> "line %,d: %s".formatted(recordings.get(place).line(), run.failure()));
  }
}
