package dev.hone.ladder.climb;

import dev.hone.ladder.metric.ExactMatch;
import dev.hone.ladder.metric.KnownLabel;
import dev.hone.ladder.metric.Reference;
import dev.hone.ladder.rung.ChatModel;
import dev.hone.ladder.rung.Decoding;
import dev.hone.ladder.rung.Reply;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Kind;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/// A task of two classes, and a model that knows it.
final class TeaAndPots {
  private TeaAndPots() {}

  static final ClimbListener SILENT =
      new ClimbListener() {
        @Override
        public void building(String rung, String what, long done, long total) {}

        @Override
        public void asked(String rung, int done, int total) {}

        @Override
        public void note(String text) {}
      };

  /// A model that knows one class of questions, and counts what it is asked.
  static final class Scripted implements ChatModel {
    final List<Conversation> asked = new ArrayList<>();

    @Override
    public Reply reply(Conversation conversation, Decoding how) {
      asked.add(conversation);
      var question = conversation.messages().getLast().content();
      return new Reply(question.contains("tea") ? "leaf" : "clay", 10, 1, false, 1);
    }

    @Override
    public boolean fits(Conversation conversation) {
      return conversation.messages().size() <= 9;
    }

    @Override
    public int contextTokens() {
      return 512;
    }

    @Override
    public Set<String> controlTokens() {
      return Set.of();
    }

    @Override
    public Map<String, Object> recipe() {
      return Map.of("model", "scripted");
    }
  }

  static Item item(int line, String question, String answer) {
    var asked = new Conversation(List.of(Message.user(question)));
    var json =
        JsonMapper.shared().writeValueAsString(Map.of("prompt", question, "completion", answer));
    return new Item(
        line, asked, question, new Reference(question, List.of(answer)), "line " + line, json);
  }

  static List<Item> items(int count) {
    var items = new ArrayList<Item>();
    for (int i = 0; i < count; i++) {
      var thing = i % 2 == 0 ? "tea" : "pot";
      items.add(
          item(
              i,
              "number %d about %s, please %d".formatted(i, thing, i * i),
              i % 2 == 0 ? "leaf" : "clay"));
    }
    return items;
  }

  static Climb.Settings settings(OptionalDouble target, Path out) {
    return settings(target, 1, out);
  }

  static Climb.Settings settings(OptionalDouble target, int width, Path out) {
    return new Climb.Settings(
        Kind.CLASSIFICATION,
        new ExactMatch(),
        List.of(new KnownLabel(List.of("leaf", "clay"))),
        target,
        0.05,
        Set.of("nearest-answer"),
        Optional.empty(),
        0,
        1,
        width,
        out);
  }
}
