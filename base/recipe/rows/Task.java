import java.util.function.Supplier;

/// A format task: an instruction that states its rule, and items that follow it.
///
/// @param isClosed whether the outputs are a few labels, which cannot be known before they were
///   seen
record Task(String name, String instruction, boolean isClosed, Supplier<Item> items) {
  record Item(String input, String output) {}

  static Task open(String name, String instruction, Supplier<Item> items) {
    return new Task(name, instruction, false, items);
  }

  static Task closed(String name, String instruction, Supplier<Item> items) {
    return new Task(name, instruction, true, items);
  }
}
