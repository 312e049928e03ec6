package dev.hone.server.state;

import dev.hone.model.Sha256;
import dev.hone.server.api.ApiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// The keys of the API.
///
/// A secret is `sk-hone-ID-LETTERS` and is told once: what is kept is SHA-256 of salt and letters.
/// They are random and long, so a hash that is slow would protect them no better.
public final class Keys {
  private static final String PREFIX = "sk-hone-";
  private static final int ID_LENGTH = 12;
  private static final int SECRET_LENGTH = 43;
  private static final int SALT_LENGTH = 22;

  private final Database database;
  private final Clock clock;

  Keys(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /// A key that was just made.
  ///
  /// @param secret which is not kept
  public record Created(ApiKey key, String secret) {}

  public Created create(NewKey wanted) throws IOException {
    var id = Ids.letters(ID_LENGTH);
    var letters = Ids.letters(SECRET_LENGTH);
    var salt = Ids.letters(SALT_LENGTH);
    database.write(sql ->
        sql.update(
            "insert into hone_key(id, tenant, seq, created_at, name, salt, hash, scopes,"
                + " requests_per_minute, token_quota, tokens_used) values (?, ?,"
                + " (select coalesce(max(seq), 0) + 1 from hone_key), ?, ?, ?, ?, ?, ?, ?, 0)",
            id,
            wanted.tenant(),
            clock.instant(),
            wanted.name(),
            salt,
            hash(salt, letters),
            Scope.text(wanted.scopes()),
            wanted.requestsPerMinute(),
            wanted.tokenQuota()));
    return new Created(retrieve(wanted.tenant(), id), PREFIX + id + "-" + letters);
  }

  /// The key that a secret opens; empty where it is none, or was revoked.
  public Optional<ApiKey> find(String secret) throws IOException {
    int idEnd = PREFIX.length() + ID_LENGTH;
    if (!secret.startsWith(PREFIX) || secret.length() <= idEnd || secret.charAt(idEnd) != '-') {
      return Optional.empty();
    }
    var letters = secret.substring(idEnd + 1);
    return database
        .read(sql ->
            sql.first(
                row -> matching(row, letters),
                "select * from hone_key where id = ? and revoked_at is null",
                secret.substring(PREFIX.length(), idEnd)))
        .flatMap(key -> key);
  }

  private static Optional<ApiKey> matching(ResultSet row, String letters) throws SQLException {
    var expected = row.getString("hash").getBytes(StandardCharsets.UTF_8);
    var actual = hash(row.getString("salt"), letters).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(expected, actual) ? Optional.of(read(row)) : Optional.empty();
  }

  private static String hash(String salt, String letters) {
    return Sha256.of(salt + letters);
  }

  public ApiKey retrieve(String tenant, String id) throws IOException {
    return database
        .read(sql ->
            sql.first(Keys::read, "select * from hone_key where tenant = ? and id = ?", tenant, id))
        .orElseThrow(() -> ApiException.notFound("id", "No such key: " + id));
  }

  /// The keys of all tenants, newest first.
  List<ApiKey> list() throws IOException {
    return database.read(sql -> sql.list(Keys::read, "select * from hone_key order by seq desc"));
  }

  /// Whether there is no key at all yet.
  public boolean isEmpty() throws IOException {
    return database.read(sql -> sql.number("select count(*) from hone_key")) == 0;
  }

  public ApiKey revoke(String tenant, String id) throws IOException {
    database.write(sql ->
        sql.update(
            "update hone_key set revoked_at = ?"
                + " where tenant = ? and id = ? and revoked_at is null",
            clock.instant(),
            tenant,
            id));
    return retrieve(tenant, id);
  }

  /// Counts tokens that a key has used.
  public void addUsage(String tenant, String id, long tokens) throws IOException {
    database.write(sql ->
        sql.update(
            "update hone_key set tokens_used = tokens_used + ? where tenant = ? and id = ?",
            tokens,
            tenant,
            id));
  }

  private static ApiKey read(ResultSet row) throws SQLException {
    return new ApiKey(
        row.getString("id"),
        row.getString("tenant"),
        Sql.time(row, "created_at"),
        Sql.maybeTime(row, "revoked_at"),
        row.getString("name"),
        Scope.parse(row.getString("scopes")),
        Sql.maybeLong(row, "requests_per_minute")
            .map(value -> OptionalInt.of(value.intValue()))
            .orElse(OptionalInt.empty()),
        Sql.maybeLong(row, "token_quota").map(OptionalLong::of).orElse(OptionalLong.empty()),
        row.getLong("tokens_used"));
  }
}
