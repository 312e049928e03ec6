package dev.hone.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// A command's help that lists its own options, then those of each mixin with a header, below that
/// header.
///
/// picocli's option groups have headings of their own, but begin anew, with defaults for all else,
/// where one of their options is repeated.
final class SectionedHelp extends Help {
  SectionedHelp(CommandSpec command, ColorScheme colors) {
    super(command, colors);
  }

  @Override
  public String optionList() {
    var own = new ArrayList<>(commandSpec().options());
    var sections = new StringBuilder();
    for (var mixin : commandSpec().mixins().values()) {
      var header = mixin.usageMessage().header();
      if (header.length > 0) {
        own.removeAll(mixin.options());
        sections.append("%n%s%n".formatted(header[0])).append(list(mixin.options()));
      }
    }
    return list(own) + sections;
  }

  private String list(List<OptionSpec> options) {
    return optionListExcludingGroups(
        options, createDefaultLayout(), null, parameterLabelRenderer());
  }
}
