package dev.hone.model.grammar;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.node.StringNode;

/// The rule of an object with named members, in their order; optional ones may be left out. Other
/// members follow them, under names that are none of theirs and have no escapes.
///
/// A name is read as a trie: after each member one state of the names that may come next, not one
/// for each of them.
final class ObjectRules {
  /// @param value the rule of its value
  record Member(String name, int value, boolean isRequired) {}

  private final GrammarBuilder builder;
  private final JsonRules json;
  private final List<Member> members;

  /// @param members in the order of the answer, no two with one name
  ObjectRules(GrammarBuilder builder, JsonRules json, List<Member> members) {
    this.builder = builder;
    this.json = json;
    this.members = members;
  }

  /// @param others the rule of the values of other members; empty where there may be none
  int object(OptionalInt others) {
    int close = builder.read('}', GrammarBuilder.EMPTY);
    int names = builder.nothing();
    int end = close;
    if (others.isPresent()) {
      int other = builder.sequence(otherName(), json.spaced(':', others.getAsInt()));
      end =
          builder.sequence(
              builder.repeat(json.spaced(',', other), 0, Rule.Repeat.UNBOUNDED), close);
      names = builder.sequence(other, end);
    }
    return builder.read('{', membersBefore(close, names, end));
  }

  /// From the last member to the first: what may come after it.
  ///
  /// @param others other members and the end
  /// @param afterLast what follows the last member
  private int membersBefore(int close, int others, int afterLast) {
    int trie = GrammarBuilder.EMPTY;
    int after = afterLast;
    boolean mayEnd = true;
    for (var member : members.reversed()) {
      if (member.isRequired()) {
        mayEnd = false;
        trie = GrammarBuilder.EMPTY;
      }
      int rest = builder.sequence(json.space(), member.value(), after);
      trie = builder.insert(trie, nameOf(member), rest);
      after = mayEnd ? builder.choice(json.spaced(',', trie), afterLast) : json.spaced(',', trie);
    }
    if (members.isEmpty()) return builder.choice(close, others);
    return mayEnd ? builder.choice(close, trie, others) : trie;
  }

  private static byte[] nameOf(Member member) {
    var name = (quoted(member.name()) + ":").getBytes(StandardCharsets.UTF_8);
    GrammarBuilder.requireShort(name);
    return name;
  }

  /// A text as JSON writes it.
  static String quoted(String text) {
    return StringNode.valueOf(text).toString();
  }

  /// A name that no member has, up to its closing quote.
  private int otherName() {
    var names = new Names();
    for (var member : members) names.add(member.name().getBytes(StandardCharsets.UTF_8));
    return builder.read('"', new OtherNames().after(names));
  }

  /// Names by their first bytes.
  private static final class Names {
    private final Map<Integer, Names> longer = new HashMap<>();
    private boolean isName;

    void add(byte[] name) {
      var at = this;
      for (byte b : name) at = at.longer.computeIfAbsent(Byte.toUnsignedInt(b), _ -> new Names());
      at.isName = true;
    }
  }

  /// Reads a name along those that it may not be, until it is another one.
  private final class OtherNames {
    private final int character = builder.read(new StringRules(builder).plainTargets());
    private final int anyEnd =
        builder.sequence(
            builder.repeat(character, 0, Rule.Repeat.UNBOUNDED),
            builder.read('"', GrammarBuilder.EMPTY));

    /// @param begun the names that begin as this one does
    int after(Names begun) {
      return after(begun, character);
    }

    /// @param reading the rule of what is left of a character
    private int after(Names begun, int reading) {
      var targets = ((Rule.Read) builder.rule(reading)).allTargets();
      for (int b = 0; b < targets.length; b++) {
        if (targets[b] != Rule.Read.NONE) targets[b] = after(begun, b, targets[b]);
      }
      if (reading == character && !begun.isName) targets['"'] = GrammarBuilder.EMPTY;
      return builder.read(targets);
    }

    private int after(Names begun, int b, int reading) {
      var longer = begun.longer.get(b);
      if (longer == null) return builder.sequence(reading, anyEnd);
      return after(longer, reading == GrammarBuilder.EMPTY ? character : reading);
    }
  }
}
