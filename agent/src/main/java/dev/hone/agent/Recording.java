package dev.hone.agent;

import dev.hone.model.UsageException;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.model.text.ToolCall;
import dev.hone.tune.data.Line;
import dev.hone.tune.data.Row;
import dev.hone.tune.data.RowReader;
import dev.hone.tune.data.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A conversation with tools, cut at the user's messages.
///
/// @param line of its row, from 1
public record Recording(long line, List<Turn> turns) {
  private static final String HINT =
      "hone data from-traces makes such rows, and leaves out what broke";

  public Recording {
    turns = List.copyOf(turns);
  }

  /// Reads rows with tools.
  ///
  /// @throws UsageException where a row has none, or lacks a result or an answer
  public static List<Recording> read(Source source) throws IOException {
    var recordings = new ArrayList<Recording>();
    try (var reader = RowReader.open(source)) {
      for (var line = reader.next(); line.isPresent(); line = reader.next()) {
        recordings.add(
            switch (line.get()) {
              case Line.Broken(var number, var problem) ->
                  throw refusal(source, number, problem.text());
              case Line.Valid(var number, Row.Chat(var conversation), var _, var _) ->
                  new Recording(number, new Cutter(source, number, conversation).turns());
              case Line.Valid(var number, Row any, var _, var _) ->
                  throw refusal(source, number, "is no conversation");
            });
      }
    }
    if (recordings.isEmpty()) {
      throw new UsageException(source.file() + ": holds no row", "name another file");
    }
    return recordings;
  }

  private static UsageException refusal(Source source, long line, String what) {
    return new UsageException("%s, line %,d: %s".formatted(source.file(), line, what), HINT);
  }

  /// Cuts one conversation.
  private record Cutter(Source source, long line, Conversation conversation) {
    List<Turn> turns() {
      if (conversation.tools().isEmpty()) {
        throw refusal(source, line, "has no tools");
      }
      var messages = conversation.messages();
      var turns = new ArrayList<Turn>();
      int from = next(0);
      while (from < messages.size()) {
        int to = next(from + 1);
        turns.add(turn(messages.subList(0, from + 1), messages.subList(from + 1, to)));
        from = to;
      }
      if (turns.isEmpty()) {
        throw refusal(source, line, "has no message of a user");
      }
      return turns;
    }

    /// The place of the next user's message; the end where there is none.
    private int next(int from) {
      var messages = conversation.messages();
      int at = from;
      while (at < messages.size() && !messages.get(at).role().equals("user")) {
        at++;
      }
      return at;
    }

    private Turn turn(List<Message> asked, List<Message> done) {
      var calls = new ArrayList<RecordedCall>();
      var open = new ArrayList<ToolCall>();
      int steps = 0;
      for (var message : done) {
        if (message.role().equals("assistant")) {
          steps++;
          open.addAll(message.toolCalls());
        } else if (message.role().equals("tool")) {
          calls.add(new RecordedCall(closed(open, message), message.content()));
        }
      }
      if (!open.isEmpty()) {
        throw refusal(
            source, line, "the call of %s has no result".formatted(open.getFirst().name()));
      }
      boolean isAnswered =
          steps > 0
              && done.getLast().role().equals("assistant")
              && done.getLast().toolCalls().isEmpty();
      if (!isAnswered) {
        throw refusal(source, line, "a user's message has no answer");
      }
      return new Turn(new Conversation(asked, conversation.tools()), calls, steps);
    }

    private ToolCall closed(List<ToolCall> open, Message result) {
      for (var call : open) {
        if (result.toolCallId().isEmpty() || call.id().equals(result.toolCallId())) {
          open.remove(call);
          return call;
        }
      }
      throw refusal(source, line, "a result that no call asked for");
    }
  }
}
