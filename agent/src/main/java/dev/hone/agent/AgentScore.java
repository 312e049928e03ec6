package dev.hone.agent;

import dev.hone.agent.Run.Ending;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// How good a model is as an agent on some recordings.
///
/// @param conversations each the runs of its turns
public record AgentScore(List<List<Run>> conversations) {
  public AgentScore {
    conversations = List.copyOf(conversations);
  }

  private List<Run> runs() {
    return conversations.stream().flatMap(List::stream).toList();
  }

  public long turns() {
    return runs().size();
  }

  /// One for each conversation: 1 where every turn is right, else 0.
  public double[] rightConversations() {
    return conversations.stream()
        .mapToDouble(runs -> runs.stream().allMatch(Run::isRight) ? 1 : 0)
        .toArray();
  }

  public long recordedCalls() {
    return sum(run -> run.turn().calls().size());
  }

  public long madeCalls() {
    return sum(run -> run.calls().size());
  }

  /// Calls of one kind.
  public long calls(Outcome outcome) {
    return sum(run -> run.count(outcome));
  }

  /// Turns in which a tool was called exactly if one was in the recording.
  public long calledWhenDue() {
    return turns(Run::callsWhenDue);
  }

  /// Turns without a call where one was recorded.
  public long withoutCall() {
    return turns(run -> run.calls().isEmpty() && !run.turn().calls().isEmpty());
  }

  /// Turns with a call where none was recorded.
  public long withNeedlessCall() {
    return turns(run -> !run.calls().isEmpty() && run.turn().calls().isEmpty());
  }

  /// Turns that end in some way.
  public long ended(Ending ending) {
    return turns(run -> run.ending() == ending);
  }

  /// Messages of the model, all turns together.
  public long steps() {
    return sum(Run::steps);
  }

  /// The same in the recordings.
  public long recordedSteps() {
    return sum(run -> run.turn().steps());
  }

  private long turns(Predicate<Run> predicate) {
    return runs().stream().filter(predicate).count();
  }

  private long sum(ToLongFunction<Run> count) {
    return runs().stream().mapToLong(count).sum();
  }
}
