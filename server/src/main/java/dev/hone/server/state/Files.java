package dev.hone.server.state;

import dev.hone.server.api.ApiException;
import dev.hone.server.api.Deleted;
import dev.hone.server.api.FileObject;
import dev.hone.server.api.Page;
import dev.hone.server.api.PageRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// The files that tenants have sent, or were given as results.
public final class Files {
  /// The largest file that comes in one request.
  public static final long MOST_BYTES = 512L << 20;

  private static final String RESULTS = "fine-tune-results";
  private static final String ALIVE = "tenant = ? and (expires_at is null or expires_at > ?)";

  private final Database database;
  private final Contents contents;
  private final Tenants tenants;
  private final Clock clock;

  Files(Database database, Contents contents, Tenants tenants, Clock clock) {
    this.database = database;
    this.contents = contents;
    this.tenants = tenants;
    this.clock = clock;
  }

  /// A content that is stored, and is no file yet.
  public record Received(String id, long bytes) {}

  /// Stores a file; it is durable when this returns.
  public FileObject create(String tenant, NewFile file, InputStream content) throws IOException {
    return create(tenant, file, receive(content));
  }

  /// Stores a content that becomes a file with [#create], or is given up with [#discard]; what is
  /// left when the server ends is deleted at the next start.
  public Received receive(InputStream content) throws IOException {
    var id = Ids.next("file-");
    return new Received(id, contents.write(id, content, MOST_BYTES, "The file").bytes());
  }

  public FileObject create(String tenant, NewFile file, Received content) throws IOException {
    return insertOrDelete(tenant, object(content.id(), file, content.bytes()));
  }

  public void discard(Received content) throws IOException {
    contents.delete(content.id());
  }

  FileObject object(String id, NewFile file, long bytes) {
    var now = now();
    var expiresAt =
        file.expiresAfterSeconds().isPresent()
            ? Optional.of(now.plusSeconds(file.expiresAfterSeconds().getAsLong()))
            : Optional.<Instant>empty();
    return new FileObject(id, bytes, now, expiresAt, file.filename(), file.purpose());
  }

  private FileObject insertOrDelete(String tenant, FileObject file) throws IOException {
    try {
      return database.write(sql -> {
        tenants.requireRoom(sql, tenant, file.bytes());
        return insert(sql, tenant, file);
      });
    } catch (ApiException e) { // after another failure the row may be there all the same
      contents.delete(file.id());
      throw e;
    }
  }

  /// Writes the content of a result; its row comes with the job's, and a content that gets none is
  /// deleted at the next start. Results are not refused for want of room.
  public FileObject prepareResult(String filename, InputStream content) throws IOException {
    var id = Ids.next("file-");
    var written = contents.write(id, content, Long.MAX_VALUE, "the result");
    return new FileObject(id, written.bytes(), now(), Optional.empty(), filename, RESULTS);
  }

  static FileObject insert(Sql sql, String tenant, FileObject file) throws SQLException {
    sql.update(
        "insert into hone_file(id, tenant, seq, created_at, expires_at, bytes, filename, purpose)"
            + " values (?, ?, (select coalesce(max(seq), 0) + 1 from hone_file), ?, ?, ?, ?, ?)",
        file.id(),
        tenant,
        file.createdAt(),
        file.expiresAt(),
        file.bytes(),
        file.filename(),
        file.purpose());
    return file;
  }

  public FileObject retrieve(String tenant, String id) throws IOException {
    return database.read(sql -> find(sql, tenant, id)).orElseThrow(() -> missing(id));
  }

  Optional<FileObject> find(Sql sql, String tenant, String id) throws SQLException {
    return sql.first(
        Files::read, "select * from hone_file where " + ALIVE + " and id = ?", tenant, now(), id);
  }

  private static ApiException missing(String id) {
    return ApiException.notFound("id", "No such File object: " + id);
  }

  /// @param purpose of the files listed; empty for all
  public Page<FileObject> list(String tenant, Optional<String> purpose, PageRequest page)
      throws IOException {
    var all = new Listing("hone_file", "id", ALIVE, List.of(tenant, now()), "1 = 1", List.of());
    var listing = purpose.isPresent() ? all.filtered("purpose = ?", List.of(purpose.get())) : all;
    return database.read(sql -> listing.page(sql, Files::read, page));
  }

  public Deleted delete(String tenant, String id) throws IOException {
    database.write(sql -> {
      var file = find(sql, tenant, id).orElseThrow(() -> missing(id));
      return sql.update("delete from hone_file where id = ?", file.id());
    });
    contents.delete(id);
    return new Deleted(id, "file");
  }

  /// Where the content lies.
  public Path content(String tenant, String id) throws IOException {
    return contents.path(retrieve(tenant, id).id());
  }

  /// Deletes what has expired.
  void deleteExpired() throws IOException {
    var now = now();
    var expired =
        database.write(sql -> {
          var ids =
              sql.list(
                  row -> row.getString(1), "select id from hone_file where expires_at <= ?", now);
          sql.update("delete from hone_file where expires_at <= ?", now);
          return ids;
        });
    for (var id : expired) {
      contents.delete(id);
    }
  }

  /// Deletes contents that no row speaks of.
  void deleteLeftovers() throws IOException {
    contents.keepOnly(
        new HashSet<>(
            database.read(sql -> sql.list(row -> row.getString(1), "select id from hone_file"))));
  }

  private Instant now() {
    return Instant.ofEpochSecond(clock.instant().getEpochSecond());
  }

  static FileObject read(ResultSet row) throws SQLException {
    return new FileObject(
        row.getString("id"),
        row.getLong("bytes"),
        Sql.time(row, "created_at"),
        Sql.maybeTime(row, "expires_at"),
        row.getString("filename"),
        row.getString("purpose"));
  }
}
