package dev.hone.ladder.judge;

import dev.hone.ladder.metric.Reference;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What a judge is shown as the question: the whole conversation, or where that is too long, its
/// end, with a line that says what is left out.
final class Transcript {
  private static final int MOST_CHARACTERS = 16_000;

  private Transcript() {}

  /// From the longest to the question alone.
  static Stream<String> of(Reference reference) {
    var said = reference.conversation();
    return Stream.concat(
        IntStream.range(0, said.size())
            .mapToObj(from -> text(said, from))
            .filter(text -> text.length() <= MOST_CHARACTERS),
        Stream.of(reference.source()));
  }

  private static String text(List<String> said, int from) {
    var cut =
        from == 0
            ? ""
            : "(%s left out.)\n"
                .formatted(
                    from == 1
                        ? "Its first message is"
                        : "Its first %,d messages are".formatted(from));
    return "(A conversation. The answers are to its end.)\n%s%s"
        .formatted(cut, String.join("\n", said.subList(from, said.size())));
  }
}
