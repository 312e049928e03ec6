package dev.hone.server.state;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// Makes sure that rows and contents belong together: contents without rows are deleted at the
/// start, and with another database's rows that would be all of them.
final class Belonging {
  private static final String FILE = "state.id";

  private Belonging() {}

  /// @param holders directories with contents
  static void require(Database database, Path data, List<Path> holders) throws IOException {
    var file = data.resolve(FILE);
    var ofRows = database.read(Belonging::read);
    var ofContents =
        Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.<String>empty();
    if (ofRows.isPresent() && ofRows.equals(ofContents)) {
      return;
    }
    if (ofRows.isPresent() || !areEmpty(holders)) {
      throw new UsageException(
          "the contents in %s do not belong to the rows in this database".formatted(data),
          "name the data directory and the database that were used together before");
    }
    var id = Ids.letters(24);
    AtomicFile.write(file, id + "\n");
    database.write(sql -> sql.update("insert into hone_installation(id) values (?)", id));
  }

  private static Optional<String> read(Sql sql) throws SQLException {
    return sql.first(row -> row.getString(1), "select id from hone_installation");
  }

  private static boolean areEmpty(List<Path> dirs) throws IOException {
    for (var dir : dirs) {
      try (var content = Files.list(dir)) {
        if (content.findAny().isPresent()) {
          return false;
        }
      }
    }
    return true;
  }
}
