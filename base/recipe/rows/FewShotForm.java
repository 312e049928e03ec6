import java.util.HashSet;
import java.util.List;

/// How examples stand in the prompt: as earlier turns, or as lines of one message. The last item is
/// the one to answer.
enum FewShotForm {
  TURNS_UNDER_SYSTEM("", ""),
  TURNS("", ""),
  INPUT_OUTPUT("Input: ", "\nOutput:"),
  TEXT_RESULT("Text: ", "\nResult:"),
  IN_OUT("In: ", "\nOut:"),
  ARROW("", " ->");

  private final String before;
  private final String after;

  FewShotForm(String before, String after) {
    this.before = before;
    this.after = after;
  }

  /// @param instruction empty where nobody states the rule
  /// @param isClosed whether the outputs are labels
  Chat of(String instruction, boolean isClosed, List<Task.Item> items) {
    boolean isTurns = this == TURNS || this == TURNS_UNDER_SYSTEM;
    return isTurns ? turns(instruction, isClosed, items) : lines(instruction, items);
  }

  /// Of the examples' answers those are learned that could be known: all where the rule is stated,
  /// otherwise not the first, nor a label at its first appearance.
  private Chat turns(String instruction, boolean isClosed, List<Task.Item> items) {
    var chat = new Chat();
    boolean isStated = !instruction.isEmpty();
    boolean isSystem = isStated && this == TURNS_UNDER_SYSTEM;
    if (isSystem) {
      chat.system(instruction);
    }
    var seen = new HashSet<String>();
    for (var item : items) {
      boolean isFirst = item == items.getFirst();
      boolean isNew = seen.add(item.output());
      boolean isKnowable = isStated || item == items.getLast() || !(isFirst || (isClosed && isNew));
      chat.user(
          isFirst && isStated && !isSystem ? instruction + "\n\n" + item.input() : item.input());
      if (isKnowable) {
        chat.assistant(item.output());
      } else {
        chat.earlier(item.output());
      }
    }
    return chat;
  }

  private Chat lines(String instruction, List<Task.Item> items) {
    var text = new StringBuilder(instruction.isEmpty() ? "" : instruction + "\n\n");
    var separator = this == ARROW ? "\n" : "\n\n";
    for (var item : items.subList(0, items.size() - 1)) {
      text.append(before + item.input() + after + " " + item.output() + separator);
    }
    var last = items.getLast();
    return new Chat().user(text + before + last.input() + after).assistant(last.output());
  }
}
