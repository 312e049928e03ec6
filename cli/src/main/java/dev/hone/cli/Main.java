package dev.hone.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The `hone` command itself. Exit codes: 0 fine, 1 the run failed, 2 the user's input.
@Command(
    name = "hone",
    versionProvider = Main.Version.class,
    header = "Customises a pre-trained language model to your data.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "First steps:",
      "  hone demo",
      "  hone inspect models/base",
      "  hone data check train.jsonl --base models/base",
      "  hone tune --base models/base --data train.jsonl --out runs/first",
      "  hone chat --base models/base --adapter runs/first",
      "  hone index docs --out index",
      "  hone ask --index index \"When are you open?\"",
      "",
      "hone COMMAND --help says more. Exit codes: 0 fine, 1 the run failed, 2 your input."
    })
public final class Main {
  private static final List<Class<?>> COMMANDS =
      List.of(
          DemoCommand.class,
          AdviseCommand.class,
          CostCommand.class,
          PretrainCommand.class,
          TuneCommand.class,
          EvalCommand.class,
          ChatCommand.class,
          IndexCommand.class,
          AskCommand.class,
          ServeCommand.class,
          TokensCommand.class,
          MergeCommand.class,
          ExportCommand.class,
          DataCommand.class,
          InspectCommand.class);

  private static final String VERSION = "--version";

  @Mixin private HelpOption help;

  @Option(names = VERSION, versionHelp = true, description = "Show the version.")
  private boolean isVersionWanted;

  private Main() {}

  public static void main(String[] args) {
    StandardError.restore();
    var shell = Shell.ofProcess();
    int code = run(shell, args);
    shell.out().flush();
    System.exit(code);
  }

  /// Runs one command line.
  ///
  /// @return the exit code
  static int run(Shell shell, String... args) {
    var line = commandLine(shell, args);
    if (args.length == 0) {
      line.usage(line.getErr());
      return ErrorReport.BAD_INPUT;
    }
    return line.execute(args);
  }

  /// The parser for these words. Where the first one is a command, the others are left out, and all
  /// of them for the version: reading their annotations costs a quarter of a second.
  static CommandLine commandLine(Shell shell, String... args) {
    var line = new CommandLine(new Main(), new Commands(shell));
    var first = args.length == 0 ? "" : args[0];
    if (!first.equals(VERSION)) {
      var named = COMMANDS.stream().filter(type -> name(type).equals(first)).toList();
      (named.isEmpty() ? COMMANDS : named).forEach(line::addSubcommand);
    }
    var errors = new ErrorReport(shell);
    return line.setOut(new PrintWriter(shell.out(), true))
        .setErr(new PrintWriter(shell.err(), true))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(shell.outIsTerminal() ? Ansi.AUTO : Ansi.OFF))
        .setUsageHelpWidth(100)
        .setHelpFactory(SectionedHelp::new)
        .setOverwrittenOptionsAllowed(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors);
  }

  private static String name(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }

  /// Makes commands; those that talk to somebody get the shell.
  private record Commands(Shell shell) implements IFactory {
    @Override
    public <T> T create(Class<T> type) throws Exception {
      for (var constructor : type.getDeclaredConstructors()) {
        if (constructor.getParameterCount() == 1
            && constructor.getParameterTypes()[0] == Shell.class) {
          return type.cast(constructor.newInstance(shell));
        }
      }
      return CommandLine.defaultFactory().create(type);
    }
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
