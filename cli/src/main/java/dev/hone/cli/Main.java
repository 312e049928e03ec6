package dev.hone.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// The `hone` command itself. Exit codes: 0 fine, 1 the run failed, 2 the user's input.
@Command(
    name = "hone",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Customises a pre-trained language model to your data.")
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    StandardError.restore();
    System.exit(new CommandLine(new Main()).execute(args));
  }

  /// The version in the jar's manifest.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      var version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"hone " + (version == null ? "(not packaged)" : version)};
    }
  }
}
