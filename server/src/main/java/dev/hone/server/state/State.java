package dev.hone.server.state;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// Everything that a server keeps.
///
///     DATA/server.lock   held while a server runs
///     DATA/state.id      which rows belong to these contents
///     DATA/state.db      rows, where they are in SQLite
///     DATA/files/        contents of files, by id
///     DATA/parts/        contents of parts of uploads, by id
///     DATA/jobs/ID/      what a job works with, and the adapters that it made
///     DATA/jobs/worker.lock   held while a worker is at work
public final class State implements AutoCloseable {
  static final String JOBS = "jobs";

  private final Path data;
  private final FileChannel lock;
  private final Database database;
  private final dev.hone.server.state.Files files;
  private final Uploads uploads;
  private final Models models;
  private final Permissions permissions;
  private final Keys keys;
  private final Audit audit;
  private final Tenants tenants;
  private final JobStore jobs;

  private State(StateSettings settings, FileChannel lock, Database database) throws IOException {
    this.data = settings.data();
    this.lock = lock;
    this.database = database;
    var contents = Contents.open(data.resolve("files"));
    var parts = Contents.open(data.resolve("parts"));
    Files.createDirectories(data.resolve(JOBS));
    Belonging.require(
        database, data, List.of(data.resolve("files"), data.resolve("parts"), data.resolve(JOBS)));
    var clock = settings.clock();
    this.tenants = new Tenants(database, settings.quota());
    this.files = new dev.hone.server.state.Files(database, contents, tenants, clock);
    this.uploads = new Uploads(database, parts, contents, files, tenants, clock);
    this.models = new Models(database, data);
    this.permissions = new Permissions(database, clock);
    this.keys = new Keys(database, clock);
    this.audit = new Audit(database, clock);
    this.jobs = new JobStore(database, tenants, data);
  }

  /// Opens the state, brings its schema up to date, and removes what a crash left behind.
  ///
  /// @throws UsageException when another server has it, or a newer Hone has made it
  public static State open(StateSettings settings) throws IOException {
    Files.createDirectories(settings.data());
    var lock = lock(settings.data());
    try {
      var database = Database.open(settings.engine());
      try {
        var state = new State(settings, lock, database);
        state.deleteExpired();
        state.deleteLeftovers();
        return state;
      } catch (IOException | RuntimeException e) {
        database.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /// The lock goes with the process, however that ends.
  private static FileChannel lock(Path data) throws IOException {
    var channel =
        FileChannel.open(
            data.resolve("server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // told below, like a lock of another process
    }
    channel.close();
    throw new UsageException(
        "another server uses the data directory " + data, "stop it, or name another directory");
  }

  private void deleteLeftovers() throws IOException {
    files.deleteLeftovers();
    uploads.deleteLeftovers();
    jobs.deleteLeftovers();
  }

  /// Deletes files and uploads whose time is over; to be called now and then.
  public void deleteExpired() throws IOException {
    files.deleteExpired();
    uploads.deleteExpired();
  }

  /// @throws IOException where the database does not answer
  public void requireReachable() throws IOException {
    database.read(sql -> sql.number("select count(*) from hone_installation"));
  }

  public dev.hone.server.state.Files files() {
    return files;
  }

  public Uploads uploads() {
    return uploads;
  }

  public Models models() {
    return models;
  }

  public Permissions permissions() {
    return permissions;
  }

  public Keys keys() {
    return keys;
  }

  public Audit audit() {
    return audit;
  }

  public Tenants tenants() {
    return tenants;
  }

  public JobStore jobs() {
    return jobs;
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      database.close();
    }
  }
}
