import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// A format to be inferred from `k` examples in the prompt, 0 to 6; with none of them, and
/// sometimes with some, an instruction states it.
final class FormatRows implements Kind {
  private static final int[] EXAMPLES = {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 5, 6};

  private final List<Supplier<Task>> rules;
  private final Draw draw;

  FormatRows(List<Supplier<Task>> rules, Draw draw) {
    this.rules = rules;
    this.draw = draw;
  }

  @Override
  public String name() {
    return "format";
  }

  @Override
  public Optional<Row> next() {
    var task = draw.pick(rules).get();
    int k = EXAMPLES[draw.number(0, EXAMPLES.length - 1)];
    boolean isStated = k == 0 || (task.isClosed() && k < 3) || draw.chance(0.3);
    return items(task, k + 1, isStated)
        .map(items -> {
          var form = draw.pick(FewShotForm.values());
          var chat = form.of(isStated ? task.instruction() : "", task.isClosed(), items);
          return new Row(name(), task.name() + ", k=" + k, chat);
        });
  }

  /// Items with different inputs. Of a task with labels that nobody states, the last one's label is
  /// among the earlier ones'.
  private Optional<List<Task.Item>> items(Task task, int count, boolean isStated) {
    var items = new ArrayList<Task.Item>();
    for (int tries = 0; items.size() < count && tries < 60; tries++) {
      var item = task.items().get();
      boolean isLast = items.size() == count - 1;
      boolean isNew = items.stream().noneMatch(other -> other.input().equals(item.input()));
      boolean isKnown = items.stream().anyMatch(other -> other.output().equals(item.output()));
      if (isNew && (isKnown || isStated || !isLast || !task.isClosed())) {
        items.add(item);
      }
    }
    return items.size() == count ? Optional.of(items) : Optional.empty();
  }
}
