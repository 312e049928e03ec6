package dev.hone.model.grammar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The rules of JSON's values (RFC 8259), each made when it is first needed: without white space
/// but one space after `:` and `,`, which may be left out.
final class JsonRules {
  /// How deep values of any kind may be nested.
  private static final int MAX_ANY_DEPTH = 32;

  private static final int NOT_MADE = -1;

  private final GrammarBuilder builder;
  private final int[] any = new int[MAX_ANY_DEPTH + 1];
  private int character = NOT_MADE;
  private int space = NOT_MADE;
  private int number = NOT_MADE;

  JsonRules(GrammarBuilder builder) {
    this.builder = builder;
    Arrays.fill(any, NOT_MADE);
  }

  /// One space or none.
  int space() {
    if (space == NOT_MADE)
      space = builder.choice(GrammarBuilder.EMPTY, builder.read(' ', GrammarBuilder.EMPTY));
    return space;
  }

  /// `b`, a space or none, and then `next`.
  int spaced(char b, int next) {
    return builder.read(b, builder.sequence(space(), next));
  }

  /// A string of so many characters, which are code points.
  int string(int minLength, int maxLength) {
    if (character == NOT_MADE) character = new StringRules(builder).character();
    int close = builder.read('"', GrammarBuilder.EMPTY);
    int characters = builder.repeat(character, minLength, maxLength);
    return builder.read('"', builder.sequence(characters, close));
  }

  int anyString() {
    return string(0, Rule.Repeat.UNBOUNDED);
  }

  /// A text as it stands.
  int literal(String text) {
    return builder.text(text.getBytes(StandardCharsets.UTF_8), GrammarBuilder.EMPTY);
  }

  int bool() {
    return builder.choice(literal("true"), literal("false"));
  }

  int number() {
    if (number == NOT_MADE) number = new NumberRules(builder).any();
    return number;
  }

  /// Any value.
  int any() {
    return any(MAX_ANY_DEPTH);
  }

  /// Any object.
  int anyObject() {
    return objectOf(any(MAX_ANY_DEPTH - 1));
  }

  /// Any list.
  int anyArray() {
    return arrayOf(any(MAX_ANY_DEPTH - 1));
  }

  private int any(int depth) {
    if (any[depth] == NOT_MADE) any[depth] = makeAny(depth);
    return any[depth];
  }

  private int makeAny(int depth) {
    int scalar =
        depth > 0 ? any(0) : builder.choice(anyString(), number(), bool(), literal("null"));
    if (depth == 0) return scalar;
    int inner = any(depth - 1);
    return builder.choice(scalar, objectOf(inner), arrayOf(inner));
  }

  private int objectOf(int value) {
    int member = builder.sequence(anyString(), spaced(':', value));
    return list('{', member, '}');
  }

  private int arrayOf(int item) {
    return list('[', item, ']');
  }

  private int list(char open, int item, char close) {
    int end = builder.read(close, GrammarBuilder.EMPTY);
    int more = builder.repeat(spaced(',', item), 0, Rule.Repeat.UNBOUNDED);
    return builder.read(open, builder.choice(end, builder.sequence(item, more, end)));
  }
}
