package dev.hone.cli;

import dev.hone.server.api.PageRequest;
import dev.hone.server.state.Administration;
import dev.hone.server.state.StateSettings;
import java.io.IOException;
import java.util.Optional;

/// What `hone serve audit` does.
record AuditLog(Shell shell, StateSettings settings) {
  /// Entries at a time.
  static final int MOST = PageRequest.MOST;

  void print(Optional<String> tenant, int most, boolean isJson) throws IOException {
    try (var state = Administration.open(settings)) {
      var entries = state.audit(tenant, most);
      if (isJson) {
        shell.out().println(Facts.json(entries.stream().map(entry -> entry.toJson()).toList()));
        return;
      }
      var table = Table.ofFacts().row("time", "tenant", "who", "what", "to", "detail");
      for (var entry : entries) {
        table.row(
            entry.createdAt().toString(),
            entry.tenant(),
            entry.actor(),
            entry.action(),
            entry.target(),
            entry.detail());
      }
      table.lines().forEach(shell.out()::println);
    }
  }
}
