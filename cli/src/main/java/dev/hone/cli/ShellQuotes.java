package dev.hone.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Command lines to copy.
final class ShellQuotes {
  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./~-]+");

  private ShellQuotes() {}

  /// Words as one line that a POSIX shell reads back as these words.
  static String join(List<String> words) {
    return words.stream().map(ShellQuotes::quoted).collect(Collectors.joining(" "));
  }

  /// The command that goes on with the run that `typed` began.
  static String resumeCommand(List<String> typed) {
    var words = new ArrayList<String>();
    words.add("hone");
    typed.stream().filter(word -> !word.equals("--resume")).forEach(words::add);
    words.add("--resume");
    return join(words);
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() && !word.startsWith("~")
        ? word
        : "'" + word.replace("'", "'\\''") + "'";
  }
}
