package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Puts examples and instructions before what is asked.
final class Prompts {
  private Prompts() {}

  /// @param system in place of the row's own; empty to keep that
  /// @param examples as turns of the conversation, before the row's own
  static Conversation of(Item item, Optional<String> system, List<Item> examples) {
    var messages = new ArrayList<Message>();
    var own = new ArrayList<>(item.asked().messages());
    boolean hasSystem = own.getFirst().role().equals("system");
    if (system.isPresent()) {
      messages.add(Message.system(system.get()));
    } else if (hasSystem) {
      messages.add(own.getFirst());
    }
    if (hasSystem) {
      own.removeFirst();
    }
    for (var example : examples) {
      messages.add(Message.user(example.question()));
      messages.add(Message.assistant(example.answer()));
    }
    messages.addAll(own);
    return new Conversation(messages, item.asked().tools());
  }

  /// A draw of items, without one twice.
  static List<Item> some(List<Item> items, int count, Random random) {
    var shuffled = new ArrayList<>(items);
    Collections.shuffle(shuffled, random);
    return List.copyOf(shuffled.subList(0, Math.min(count, shuffled.size())));
  }

  /// As many of the last examples as the model has room for.
  static Conversation fitting(
      ChatModel model, Item item, Optional<String> system, List<Item> examples) {
    for (int from = 0; from < examples.size(); from++) {
      var asked = of(item, system, examples.subList(from, examples.size()));
      if (model.fits(asked)) {
        return asked;
      }
    }
    return of(item, system, List.of());
  }
}
