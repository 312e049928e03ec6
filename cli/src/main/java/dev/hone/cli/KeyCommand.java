package dev.hone.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `hone serve key`: the keys of a server.
@Command(
    name = "key",
    header = "Makes, lists and revokes keys, also while the server runs.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {KeyAddCommand.class, KeyListCommand.class, KeyRevokeCommand.class},
    footer = {"", "Example:", "  hone serve key add --name build"})
final class KeyCommand {
  @Mixin private HelpOption help;
}
