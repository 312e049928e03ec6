package dev.hone.server.state;

import dev.hone.server.api.ApiException;
import dev.hone.server.api.FileObject;
import dev.hone.server.api.UploadObject;
import dev.hone.server.api.UploadObject.Status;
import dev.hone.server.api.UploadPart;
import java.io.IOException;
import java.io.InputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Files that come in parts: in any order and side by side, and put together at the end.
public final class Uploads {
  /// The largest part.
  public static final long MOST_PART_BYTES = 64L << 20;

  private static final Duration LIFETIME = Duration.ofHours(1);

  private final Database database;
  private final Contents parts;
  private final Contents contents;
  private final Files files;
  private final Tenants tenants;
  private final Clock clock;

  Uploads(
      Database database,
      Contents parts,
      Contents contents,
      Files files,
      Tenants tenants,
      Clock clock) {
    this.database = database;
    this.parts = parts;
    this.contents = contents;
    this.files = files;
    this.tenants = tenants;
    this.clock = clock;
  }

  /// An upload as its row has it.
  private record Row(UploadObject object, OptionalLong fileExpiresAfter) {
    NewFile file() {
      return new NewFile(object.filename(), object.purpose(), fileExpiresAfter);
    }
  }

  public UploadObject create(String tenant, NewUpload upload) throws IOException {
    var now = now();
    var file = upload.file();
    var object =
        new UploadObject(
            Ids.next("upload_"),
            now,
            now.plus(LIFETIME),
            file.filename(),
            upload.bytes(),
            file.purpose(),
            Status.PENDING,
            Optional.empty());
    database.write(sql -> {
      tenants.requireRoom(sql, tenant, upload.bytes());
      return sql.update(
          "insert into hone_upload(id, tenant, created_at, expires_at, bytes, filename, purpose,"
              + " status, file_expires_after) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          object.id(),
          tenant,
          object.createdAt(),
          object.expiresAt(),
          object.bytes(),
          object.filename(),
          object.purpose(),
          object.status().label(),
          file.expiresAfterSeconds());
    });
    return object;
  }

  /// Adds a part; it is durable when this returns.
  public UploadPart addPart(String tenant, String uploadId, InputStream content)
      throws IOException {
    database.read(sql -> pending(sql, tenant, uploadId));
    var part = new UploadPart(Ids.next("part_"), now(), uploadId);
    var written = parts.write(part.id(), content, MOST_PART_BYTES, "The part");
    try {
      return database.write(sql -> insertPart(sql, tenant, part, written.bytes()));
    } catch (ApiException e) {
      parts.delete(part.id());
      throw e;
    }
  }

  private UploadPart insertPart(Sql sql, String tenant, UploadPart part, long bytes)
      throws SQLException {
    var upload = pending(sql, tenant, part.uploadId()).object();
    long sent =
        sql.number(
            "select coalesce(sum(bytes), 0) from hone_upload_part where upload = ?", upload.id());
    if (sent + bytes > NewUpload.MOST_BYTES) {
      throw Contents.tooLarge("The upload", NewUpload.MOST_BYTES);
    }
    tenants.requireRoom(sql, tenant, bytes);
    sql.update(
        "insert into hone_upload_part(id, upload, created_at, bytes) values (?, ?, ?, ?)",
        part.id(),
        upload.id(),
        part.createdAt(),
        bytes);
    return part;
  }

  /// Puts the parts together.
  ///
  /// @param partIds in the order of the file
  /// @param md5 of the whole, to be checked, in hexadecimal digits
  public UploadObject complete(
      String tenant, String uploadId, List<String> partIds, Optional<String> md5)
      throws IOException {
    var upload = database.read(sql -> pending(sql, tenant, uploadId));
    requireParts(uploadId, upload.object().bytes(), partIds);
    var file = join(upload, partIds, md5);
    try {
      deleteContents(database.write(sql -> insertFile(sql, tenant, uploadId, file)));
    } catch (ApiException e) {
      contents.delete(file.id());
      throw e;
    }
    return completed(upload.object(), file);
  }

  private FileObject join(Row upload, List<String> partIds, Optional<String> md5)
      throws IOException {
    var id = Ids.next("file-");
    var written = contents.join(id, parts, partIds);
    try {
      md5.ifPresent(expected -> requireSame(expected, written.md5()));
    } catch (ApiException e) {
      contents.delete(id);
      throw e;
    }
    return files.object(id, upload.file(), written.bytes());
  }

  private void requireParts(String uploadId, long bytes, List<String> partIds) throws IOException {
    var sizes = database.read(sql -> sizes(sql, uploadId));
    if (new HashSet<>(partIds).size() != partIds.size()) {
      throw ApiException.invalid("part_ids", "a part is named twice");
    }
    for (var part : partIds) {
      if (!sizes.containsKey(part)) {
        throw ApiException.invalid("part_ids", "No such part in this upload: " + part);
      }
    }
    long sum = partIds.stream().mapToLong(sizes::get).sum();
    if (sum != bytes) {
      throw ApiException.invalid(
          "part_ids",
          "The parts have %d bytes together, and the upload was created with %d"
              .formatted(sum, bytes));
    }
  }

  private static Map<String, Long> sizes(Sql sql, String uploadId) throws SQLException {
    var sizes = new HashMap<String, Long>();
    sql.list(
            row -> Map.entry(row.getString("id"), row.getLong("bytes")),
            "select id, bytes from hone_upload_part where upload = ?",
            uploadId)
        .forEach(part -> sizes.put(part.getKey(), part.getValue()));
    return sizes;
  }

  private static void requireSame(String expected, String md5) {
    if (!expected.toLowerCase(Locale.ROOT).equals(md5)) {
      throw ApiException.invalid("md5", "The content's md5 is %s, not %s".formatted(md5, expected));
    }
  }

  /// The rows of the parts go with it, so that their bytes do not count twice.
  ///
  /// @return ids of the parts
  private List<String> insertFile(Sql sql, String tenant, String uploadId, FileObject file)
      throws SQLException {
    pending(sql, tenant, uploadId);
    sql.update("update hone_upload set file = ? where id = ?", file.id(), uploadId);
    Files.insert(sql, tenant, file);
    return end(sql, uploadId, Status.COMPLETED);
  }

  private static UploadObject completed(UploadObject u, FileObject file) {
    return new UploadObject(
        u.id(),
        u.createdAt(),
        u.expiresAt(),
        u.filename(),
        u.bytes(),
        u.purpose(),
        Status.COMPLETED,
        Optional.of(file));
  }

  public UploadObject cancel(String tenant, String uploadId) throws IOException {
    var ended =
        database.write(sql -> {
          pending(sql, tenant, uploadId);
          return end(sql, uploadId, Status.CANCELLED);
        });
    deleteContents(ended);
    return retrieve(tenant, uploadId);
  }

  public UploadObject retrieve(String tenant, String uploadId) throws IOException {
    return database.read(sql -> find(sql, tenant, uploadId)).object();
  }

  /// @return ids of the parts, which are no more
  private static List<String> end(Sql sql, String uploadId, Status status) throws SQLException {
    sql.update("update hone_upload set status = ? where id = ?", status.label(), uploadId);
    var ids = List.copyOf(sizes(sql, uploadId).keySet());
    sql.update("delete from hone_upload_part where upload = ?", uploadId);
    return ids;
  }

  private void deleteContents(List<String> ids) throws IOException {
    for (var id : ids) {
      parts.delete(id);
    }
  }

  private Row pending(Sql sql, String tenant, String id) throws SQLException {
    var row = find(sql, tenant, id);
    if (row.object().status() != Status.PENDING) {
      throw ApiException.invalid(
          "upload_id", "The upload is %s".formatted(row.object().status().label()));
    }
    return row;
  }

  private Row find(Sql sql, String tenant, String id) throws SQLException {
    var row =
        sql.first(
                one -> new Found(read(one), Sql.text(one, "file")),
                "select * from hone_upload where tenant = ? and id = ?",
                tenant,
                id)
            .orElseThrow(() -> ApiException.notFound("id", "No such Upload object: " + id));
    var file =
        row.file.isEmpty() ? Optional.<FileObject>empty() : files.find(sql, tenant, row.file.get());
    return file.isEmpty()
        ? row.upload
        : new Row(completed(row.upload.object, file.get()), row.upload.fileExpiresAfter);
  }

  private record Found(Row upload, Optional<String> file) {}

  private Row read(ResultSet row) throws SQLException {
    var expiresAt = Sql.time(row, "expires_at");
    var status = Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT));
    boolean isLate = status == Status.PENDING && !now().isBefore(expiresAt);
    var fileExpires = Sql.maybeLong(row, "file_expires_after");
    return new Row(
        new UploadObject(
            row.getString("id"),
            Sql.time(row, "created_at"),
            expiresAt,
            row.getString("filename"),
            row.getLong("bytes"),
            row.getString("purpose"),
            isLate ? Status.EXPIRED : status,
            Optional.empty()),
        fileExpires.map(OptionalLong::of).orElse(OptionalLong.empty()));
  }

  /// Lets go of the parts of uploads that nobody has completed in time.
  void deleteExpired() throws IOException {
    deleteContents(database.write(this::expire));
  }

  private List<String> expire(Sql sql) throws SQLException {
    var late =
        sql.list(
            row -> row.getString(1),
            "select id from hone_upload where status = 'pending' and expires_at <= ?",
            now());
    var ended = new ArrayList<String>();
    for (var id : late) {
      ended.addAll(end(sql, id, Status.EXPIRED));
    }
    return ended;
  }

  /// Deletes contents that no row speaks of.
  void deleteLeftovers() throws IOException {
    parts.keepOnly(
        new HashSet<>(
            database.read(
                sql -> sql.list(row -> row.getString(1), "select id from hone_upload_part"))));
  }

  private Instant now() {
    return Instant.ofEpochSecond(clock.instant().getEpochSecond());
  }
}
