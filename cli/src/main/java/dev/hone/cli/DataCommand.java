package dev.hone.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `hone data`: what has to do with data alone.
@Command(
    name = "data",
    header = "Checks files of examples.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = DataCheckCommand.class,
    footer = {"", "Example:", "  hone data check train.jsonl --base models/base"})
final class DataCommand {
  @Mixin private HelpOption help;
}
