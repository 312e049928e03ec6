package dev.hone.rag.answer;

import java.util.Locale;
import java.util.regex.Pattern;

/// What kind of short answer a question asks for, as far as its first words tell.
enum AnswerKind {
  TIME("(?:when|(?:in |on |at |by )?(?:what|which) (?:year|month|date|day|century|decade))\\b"),
  AMOUNT("(?:approximately |about )?how (?:many|much|old|long|far|tall|large|often)\\b"),
  PERSON("(?:who|whom|whose)\\b"),
  ANY("");

  private static final Pattern NUMBER =
      Pattern.compile(
          "\\d|\\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\\w+teen|\\w+ty"
              + "|hundreds?|thousands?|[mb]illions?|half|third|quarter|dozens?|several|few|many|most"
              + "|all|both|none?|once|twice|single|couple|first|second|daily|weekly|annual\\w*"
              + "|every)\\b");
  private static final Pattern NAMES_ONLY = Pattern.compile("(?:\\p{Lu}[\\p{L}.'’-]*\\s*)+");
  private static final Pattern MONTH_OR_DAY =
      Pattern.compile(
          "\\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tues|wednes|thurs|fri|satur|sun"
              + "|spring|summer|autumn|fall|winter|christmas|easter|age|era|war|period|dynasty)");
  private static final Pattern DATE_ONLY = Pattern.compile("[\\d\\s,.:/-]+");

  private final Pattern opening;

  AnswerKind(String opening) {
    this.opening = Pattern.compile(opening);
  }

  static AnswerKind of(String question) {
    var text = question.strip().toLowerCase(Locale.ROOT);
    for (var kind : values()) {
      if (kind.opening.matcher(text).lookingAt()) {
        return kind;
      }
    }
    return ANY;
  }

  /// Whether a short answer may be of this kind. Refuses what surely is not: a bare name where a
  /// time is asked for, an amount without a number, a date where a person is.
  boolean fits(String answer) {
    var lower = answer.toLowerCase(Locale.ROOT);
    return switch (this) {
      case TIME ->
          NUMBER.matcher(lower).find()
              || MONTH_OR_DAY.matcher(lower).find()
              || !NAMES_ONLY.matcher(answer.strip()).matches();
      case AMOUNT -> NUMBER.matcher(lower).find();
      case PERSON -> !DATE_ONLY.matcher(answer).matches();
      case ANY -> true;
    };
  }
}
