package dev.hone.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `hone data`: what has to do with data alone.
@Command(
    name = "data",
    header = "Checks files of examples, and makes them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {DataCheckCommand.class, DataFromTracesCommand.class, DataFromModelCommand.class},
    footer = {
      "",
      "Examples:",
      "  hone data check train.jsonl --base models/base",
      "  hone data from-traces log.jsonl --out train.jsonl",
      "  hone data from-model --base openai:gpt-6-luna --data asked.jsonl --out rows.jsonl"
    })
final class DataCommand {
  @Mixin private HelpOption help;
}
