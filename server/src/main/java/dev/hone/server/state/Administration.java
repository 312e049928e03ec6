package dev.hone.server.state;

import dev.hone.model.UsageException;
import dev.hone.server.api.PageRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/// What whoever runs a server does to its keys, and the audit log, of all tenants. It opens the
/// database and nothing else, so that a server may run on it meanwhile.
public final class Administration implements AutoCloseable {
  private static final String OPERATOR = "operator";

  private final Database database;
  private final Keys keys;
  private final Tenants tenants;
  private final Audit audit;

  private Administration(StateSettings settings) throws IOException {
    this.database = Database.open(settings.engine());
    this.keys = new Keys(database, settings.clock());
    this.tenants = new Tenants(database, settings.quota());
    this.audit = new Audit(database, settings.clock());
  }

  /// Opens what a server keeps.
  ///
  /// @throws UsageException where there is nothing yet
  public static Administration open(StateSettings settings) throws IOException {
    if (settings.engine() instanceof Engine.Sqlite(var file) && !Files.exists(file)) {
      throw new UsageException(
          settings.data() + ": no server keeps anything here",
          "name the data directory that hone serve has");
    }
    return new Administration(settings);
  }

  /// Opens what a server keeps, or will keep.
  public static Administration openOrCreate(StateSettings settings) throws IOException {
    if (settings.postgres().isEmpty()) {
      Files.createDirectories(settings.data());
    }
    return new Administration(settings);
  }

  public Keys.Created addKey(NewKey wanted) throws IOException {
    var made = keys.create(wanted);
    audit.add(wanted.tenant(), OPERATOR, "key.create", made.key().id(), wanted.name());
    return made;
  }

  /// Newest first.
  public List<ApiKey> keys() throws IOException {
    return keys.list();
  }

  /// The key, which opens nothing any more; empty where there is none of that id.
  public Optional<ApiKey> revokeKey(String id) throws IOException {
    var known = keys.list().stream().filter(key -> key.id().equals(id)).findFirst();
    if (known.isEmpty() || known.get().revokedAt().isPresent()) {
      return known;
    }
    var revoked = keys.revoke(known.get().tenant(), id);
    audit.add(revoked.tenant(), OPERATOR, "key.revoke", id, revoked.name());
    return Optional.of(revoked);
  }

  /// Says how much a tenant may store.
  public void setFileQuota(String tenant, long bytes) throws IOException {
    tenants.setQuota(tenant, new Quota(bytes, tenants.quota(tenant).openJobs()));
    audit.add(tenant, OPERATOR, "quota.set", tenant, bytes + " bytes");
  }

  /// The latest entries of the audit log, newest first.
  ///
  /// @param tenant whose; empty for all
  public List<AuditEntry> audit(Optional<String> tenant, int most) throws IOException {
    var page = PageRequest.first(most);
    return (tenant.isPresent() ? audit.list(tenant.get(), page) : audit.list(page)).data();
  }

  @Override
  public void close() throws IOException {
    database.close();
  }
}
