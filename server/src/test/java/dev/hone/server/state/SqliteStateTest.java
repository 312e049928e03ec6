package dev.hone.server.state;

import dev.hone.rag.store.PgConnections;
import java.util.Optional;

class SqliteStateTest extends StateContract {
  @Override
  Optional<PgConnections> postgres() {
    return Optional.empty();
  }

  /// Every test has a directory of its own.
  @Override
  void clear() {}
}
