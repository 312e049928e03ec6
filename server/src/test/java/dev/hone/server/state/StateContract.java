package dev.hone.server.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.rag.store.PgConnections;
import dev.hone.server.api.ApiException;
import dev.hone.server.api.FileObject;
import dev.hone.server.api.Hyperparameters;
import dev.hone.server.api.JobError;
import dev.hone.server.api.JobEvent.Level;
import dev.hone.server.api.JobEvent.Type;
import dev.hone.server.api.JobStatus;
import dev.hone.server.api.PageRequest;
import dev.hone.server.api.UploadObject.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;

/// What must hold of the state wherever its rows are.
abstract class StateContract {
  private static final String OWNER = "acme";
  private static final String OTHER = "rival";
  private static final Hyperparameters DECIDED =
      new Hyperparameters(OptionalInt.of(3), OptionalInt.of(16), OptionalDouble.of(0.5));

  @TempDir Path dir;
  private Instant now = Instant.parse("2026-11-01T12:00:00Z");
  private State state;

  /// Where the rows are; empty for SQLite.
  abstract Optional<PgConnections> postgres();

  /// Makes what earlier tests left no more.
  abstract void clear() throws IOException;

  @BeforeEach
  void begin() throws IOException {
    clear();
    open();
  }

  private void open() throws IOException {
    state = State.open(settings());
  }

  @AfterEach
  void close() throws IOException {
    state.close();
  }

  private StateSettings settings() {
    InstantSource clock = () -> now;
    return new StateSettings(dir, postgres(), Quota.DEFAULT, clock.withZone(ZoneOffset.UTC));
  }

  private Engine engine() {
    return postgres().isPresent()
        ? new Engine.Postgres(postgres().get())
        : new Engine.Sqlite(dir.resolve("state.db"));
  }

  private static List<List<String>> with(List<String> step) {
    var steps = new ArrayList<>(Migrations.STEPS);
    steps.add(step);
    return steps;
  }

  private void reopen() throws IOException {
    state.close();
    open();
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static NewFile file(String name) {
    return new NewFile(name, "fine-tune", OptionalLong.empty());
  }

  private FileObject create(String tenant, String name, String text) throws IOException {
    return state.files().create(tenant, file(name), bytes(text));
  }

  private static ApiException refused(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(ApiException.class, call);
  }

  @Test
  void aFileIsThereWithItsContentAfterAReopening() throws IOException {
    var made = create(OWNER, "rows.jsonl", "{}\n");
    reopen();
    assertEquals(made, state.files().retrieve(OWNER, made.id()));
    assertEquals("{}\n", Files.readString(state.files().content(OWNER, made.id())));
    assertEquals(3, made.bytes());
  }

  @Test
  void aNameFromOutsideNeverBecomesAPath() throws IOException {
    for (var name : List.of("../../escape.jsonl", "/escape.jsonl", "..\\escape.jsonl")) {
      assertEquals(400, refused(() -> create(OWNER, name, "x")).status());
    }
    var made = create(OWNER, "..jsonl", "x");
    assertEquals(dir.resolve("files").resolve(made.id()), state.files().content(OWNER, made.id()));
    assertEquals(404, refused(() -> state.files().content(OWNER, "../state.db")).status());
  }

  @Test
  void anotherTenantsRowsAreNotThere() throws IOException {
    var made = create(OWNER, "rows.jsonl", "{}\n");
    var job = job(OWNER, Map.of());
    var upload = state.uploads().create(OWNER, new NewUpload(file("a.jsonl"), 1));
    var key = state.keys().create(key(OWNER)).key();
    assertEquals(404, refused(() -> state.files().retrieve(OTHER, made.id())).status());
    assertEquals(404, refused(() -> state.files().delete(OTHER, made.id())).status());
    assertEquals(404, refused(() -> state.jobs().retrieve(OTHER, job.id())).status());
    var first = PageRequest.first(10);
    assertEquals(404, refused(() -> state.jobs().events(OTHER, job.id(), first)).status());
    assertEquals(404, refused(() -> state.uploads().cancel(OTHER, upload.id())).status());
    assertEquals(404, refused(() -> state.keys().revoke(OTHER, key.id())).status());
    assertEquals(List.of(), state.files().list(OTHER, Optional.empty(), first).data());
    assertEquals(List.of(), state.jobs().list(OTHER, new MetadataFilter.Any(), first).data());
    var after = PageRequest.after(made.id(), 10);
    assertEquals(400, refused(() -> state.files().list(OTHER, Optional.empty(), after)).status());
    assertEquals("{}\n", Files.readString(state.files().content(OWNER, made.id())));
  }

  @Test
  void pagesComeNewestFirstAndJoinWithoutGapOrRepetition() throws IOException {
    var ids = new ArrayList<String>();
    for (int i = 0; i < 7; i++) {
      ids.addFirst(create(OWNER, i + ".jsonl", "x").id());
      create(OTHER, i + ".jsonl", "x");
    }
    var seen = new ArrayList<String>();
    var request = PageRequest.first(3);
    for (boolean hasMore = true; hasMore; request = PageRequest.after(seen.getLast(), 3)) {
      var page = state.files().list(OWNER, Optional.empty(), request);
      page.data().forEach(file -> seen.add(file.id()));
      hasMore = page.hasMore();
    }
    assertEquals(ids, seen);
    var oldest = new PageRequest(Optional.empty(), 1, true);
    assertEquals(
        ids.getLast(), state.files().list(OWNER, Optional.empty(), oldest).data().getFirst().id());
    assertFalse(state.files().list(OWNER, Optional.empty(), PageRequest.first(7)).hasMore());
  }

  @Test
  void manyThreadsWriteAndReadAtOnce() throws Exception {
    int threads = 6;
    try (var pool = Executors.newFixedThreadPool(threads)) {
      var made = new ArrayList<Future<FileObject>>();
      for (int i = 0; i < 4 * threads; i++) {
        var name = i + ".jsonl";
        made.add(pool.submit(() -> create(OWNER, name, name)));
      }
      for (var one : made) {
        assertEquals(one.get(), state.files().retrieve(OWNER, one.get().id()));
      }
    }
    var all = state.files().list(OWNER, Optional.empty(), PageRequest.first(100)).data();
    assertEquals(4 * threads, all.size());
  }

  @Test
  void filesAreListedByPurpose() throws IOException {
    create(OWNER, "rows.jsonl", "x");
    var batch = new NewFile("b", "batch", OptionalLong.empty());
    var made = state.files().create(OWNER, batch, bytes("x"));
    var page = state.files().list(OWNER, Optional.of("batch"), PageRequest.first(10));
    assertEquals(List.of(made), page.data());
  }

  @Test
  void aFileExpires() throws IOException {
    var brief = new NewFile("a.jsonl", "fine-tune", OptionalLong.of(3600));
    var made = state.files().create(OWNER, brief, bytes("x"));
    var content = state.files().content(OWNER, made.id());
    now = now.plusSeconds(3600);
    assertEquals(404, refused(() -> state.files().retrieve(OWNER, made.id())).status());
    state.deleteExpired();
    assertFalse(Files.exists(content));
  }

  @Test
  void aFileThatIsDeletedIsGone() throws IOException {
    var made = create(OWNER, "rows.jsonl", "x");
    var content = state.files().content(OWNER, made.id());
    assertTrue(state.files().delete(OWNER, made.id()).toJson().get("deleted").asBoolean());
    assertFalse(Files.exists(content));
    assertEquals(404, refused(() -> state.files().delete(OWNER, made.id())).status());
  }

  @Test
  void whatACrashLeftIsRemovedAtTheStart() throws IOException {
    var kept = create(OWNER, "rows.jsonl", "x");
    var job = job(OWNER, Map.of());
    Files.createDirectories(state.jobs().directory(job.id()));
    var leftovers =
        List.of("files/file-x", "files/.file-y.tmp", "parts/part_x", "jobs/ftjob-x/train.jsonl");
    for (var leftover : leftovers) {
      Files.createDirectories(dir.resolve(leftover).getParent());
      Files.writeString(dir.resolve(leftover), "half");
    }
    reopen();
    leftovers.forEach(leftover -> assertFalse(Files.exists(dir.resolve(leftover)), leftover));
    assertTrue(Files.exists(state.files().content(OWNER, kept.id())));
    assertTrue(Files.exists(state.jobs().directory(job.id())));
  }

  @Test
  void contentsOfOtherRowsAreNotTakenForLeftovers() throws IOException {
    create(OWNER, "rows.jsonl", "x");
    Files.writeString(dir.resolve("state.id"), "another");
    state.close();
    var refused = assertThrows(UsageException.class, () -> State.open(settings()));
    assertTrue(refused.getMessage().contains("do not belong"), refused.getMessage());
    try (var files = Files.list(dir.resolve("files"))) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void oneServerHasTheDirectoryAtATime() {
    assertThrows(UsageException.class, () -> State.open(settings()));
  }

  @Test
  void aNewerSchemaIsRefusedAndAMissingStepIsMade() throws IOException {
    state.close();
    try (var database = Database.open(engine())) {
      var steps = with(List.of("create table hone_extra(id text)"));
      Migrations.run(database, steps);
      Migrations.run(database, steps);
      var refused = assertThrows(UsageException.class, () -> Migrations.run(database));
      assertTrue(refused.getMessage().contains("schema 3"), refused.getMessage());
      database.write(sql -> {
        sql.update("drop table hone_extra");
        return sql.update("delete from hone_schema where version = 3");
      });
    }
  }

  /// What the first release has made.
  @Test
  void aStateOfTheFirstSchemaIsBroughtUpToDate() throws IOException {
    var model = model(OWNER);
    state.close();
    try (var database = Database.open(engine())) {
      database.write(sql -> {
        sql.update("drop table hone_model_permission");
        return sql.update("delete from hone_schema where version > 1");
      });
    }
    open();
    assertEquals(1, state.permissions().grant(OWNER, model, List.of(OTHER)).size());
  }

  @Test
  void aStepThatFailsLeavesNothing() throws IOException {
    state.close();
    try (var database = Database.open(engine())) {
      var broken = List.of("create table hone_extra(id text)", "create table broken(");
      assertThrows(IOException.class, () -> Migrations.run(database, with(broken)));
      Migrations.run(database);
      database.write(sql -> sql.update("create table hone_extra(id text)"));
      database.write(sql -> sql.update("drop table hone_extra"));
    }
  }

  @Test
  void quotasHoldForFilesUploadsAndJobs() throws IOException {
    state.tenants().setQuota(OWNER, new Quota(10, 1));
    create(OWNER, "a.jsonl", "12345678");
    assertEquals(403, refused(() -> create(OWNER, "b.jsonl", "123")).status());
    var tooLarge = new NewUpload(file("c.jsonl"), 3);
    assertEquals(403, refused(() -> state.uploads().create(OWNER, tooLarge)).status());
    var upload = state.uploads().create(OWNER, new NewUpload(file("c.jsonl"), 2));
    state.uploads().addPart(OWNER, upload.id(), bytes("12"));
    assertEquals(10, state.tenants().usedBytes(OWNER));
    create(OTHER, "b.jsonl", "123");
    job(OWNER, Map.of());
    assertEquals(403, refused(() -> job(OWNER, Map.of())).status());
    try (var files = Files.list(dir.resolve("files"))) {
      assertEquals(2, files.count(), "a refused content stays");
    }
  }

  @Test
  void partsInAnyOrderBecomeTheFile() throws IOException {
    var uploads = state.uploads();
    var upload = uploads.create(OWNER, new NewUpload(file("rows.jsonl"), 6));
    var last = uploads.addPart(OWNER, upload.id(), bytes("def"));
    var first = uploads.addPart(OWNER, upload.id(), bytes("abc"));
    reopen();
    var order = List.of(first.id(), last.id());
    var md5 = "E80B5017098950FC58AAD83C8C14978E";
    var done = state.uploads().complete(OWNER, upload.id(), order, Optional.of(md5));
    assertEquals(Status.COMPLETED, done.status());
    var made = done.file().orElseThrow();
    assertEquals("abcdef", Files.readString(state.files().content(OWNER, made.id())));
    assertEquals(done, state.uploads().retrieve(OWNER, upload.id()));
    assertEquals(6, state.tenants().usedBytes(OWNER));
    try (var parts = Files.list(dir.resolve("parts"))) {
      assertEquals(0, parts.count());
    }
    var late = refused(() -> state.uploads().addPart(OWNER, upload.id(), bytes("x")));
    assertTrue(late.getMessage().contains("completed"), late.getMessage());
  }

  @Test
  void anUploadThatIsNotWhatWasSaidIsRefusedAndStaysPending() throws IOException {
    var uploads = state.uploads();
    var upload = uploads.create(OWNER, new NewUpload(file("rows.jsonl"), 3));
    var part = uploads.addPart(OWNER, upload.id(), bytes("abc"));
    var other = uploads.addPart(OWNER, upload.id(), bytes("d"));
    var id = upload.id();
    var both = List.of(part.id(), other.id());
    refused(() -> uploads.complete(OWNER, id, both, Optional.empty()));
    refused(() -> uploads.complete(OWNER, id, List.of(part.id(), part.id()), Optional.empty()));
    refused(() -> uploads.complete(OWNER, id, List.of("part_x"), Optional.empty()));
    refused(() -> uploads.complete(OWNER, id, List.of(part.id()), Optional.of("00")));
    assertEquals(Status.PENDING, uploads.retrieve(OWNER, id).status());
    uploads.complete(OWNER, id, List.of(part.id()), Optional.empty());
    try (var files = Files.list(dir.resolve("files"))) {
      assertEquals(1, files.count(), "a refused content stays");
    }
  }

  @Test
  void anUploadIsCancelledOrExpires() throws IOException {
    var uploads = state.uploads();
    var cancelled = uploads.create(OWNER, new NewUpload(file("a.jsonl"), 3));
    uploads.addPart(OWNER, cancelled.id(), bytes("abc"));
    assertEquals(Status.CANCELLED, uploads.cancel(OWNER, cancelled.id()).status());
    var late = uploads.create(OWNER, new NewUpload(file("a.jsonl"), 3));
    uploads.addPart(OWNER, late.id(), bytes("abc"));
    now = now.plus(Duration.ofHours(1));
    assertEquals(Status.EXPIRED, uploads.retrieve(OWNER, late.id()).status());
    refused(() -> uploads.addPart(OWNER, late.id(), bytes("abc")));
    state.deleteExpired();
    assertEquals(Status.EXPIRED, uploads.retrieve(OWNER, late.id()).status());
    try (var parts = Files.list(dir.resolve("parts"))) {
      assertEquals(0, parts.count());
    }
  }

  @Test
  void sizesAreLimited() {
    assertEquals(
        400, refused(() -> new NewUpload(file("a.jsonl"), NewUpload.MOST_BYTES + 1)).status());
    assertEquals(
        413,
        refused(() -> Contents.open(dir.resolve("c")).write("x", bytes("12345"), 4, "It"))
            .status());
    assertFalse(Files.exists(dir.resolve("c/x")));
  }

  private static NewKey key(String tenant) {
    return new NewKey(
        tenant, "ci", Set.of(Scope.INFERENCE), OptionalInt.of(60), OptionalLong.of(100));
  }

  @Test
  void aKeyIsFoundByItsSecretAloneWhichIsNotKept() throws IOException {
    var made = state.keys().create(key(OWNER));
    reopen();
    var found = state.keys().find(made.secret()).orElseThrow();
    assertEquals(made.key(), found);
    assertEquals(Optional.empty(), state.keys().find(made.secret() + "x"));
    assertEquals(Optional.empty(), state.keys().find("sk-hone-"));
    assertNotEquals(made.secret(), state.keys().create(key(OWNER)).secret());
    assertThrows(ApiException.class, () -> found.require(Scope.ADMIN));
    state.keys().addUsage(OWNER, found.id(), 100);
    var spent = state.keys().find(made.secret()).orElseThrow();
    assertEquals(429, refused(spent::requireTokens).status());
    assertTrue(state.keys().revoke(OWNER, found.id()).revokedAt().isPresent());
    assertEquals(Optional.empty(), state.keys().find(made.secret()));
  }

  @Test
  void keysAreMadeAndRevokedBesideTheServer() throws IOException {
    try (var beside = Administration.open(settings())) {
      var made = beside.addKey(key(OWNER));
      assertEquals(Optional.of(made.key()), state.keys().find(made.secret()));
      assertEquals(List.of(made.key()), beside.keys());
      beside.setFileQuota(OWNER, 5);
      assertEquals(new Quota(5, Quota.DEFAULT.openJobs()), state.tenants().quota(OWNER));
      var revoked = beside.revokeKey(made.key().id()).orElseThrow();
      assertTrue(revoked.revokedAt().isPresent());
      assertEquals(Optional.empty(), state.keys().find(made.secret()));
      assertEquals(Optional.of(revoked), beside.revokeKey(revoked.id()));
      assertEquals(Optional.empty(), beside.revokeKey("nothing"));
      var actions = beside.audit(Optional.empty(), 10).stream().map(AuditEntry::action).toList();
      assertEquals(List.of("key.revoke", "quota.set", "key.create"), actions);
      assertEquals(3, beside.audit(Optional.of(OWNER), 10).size());
      assertEquals(List.of(), beside.audit(Optional.of(OTHER), 10));
    }
  }

  /// Both look first and write then.
  @Test
  void twoWritersOfOneDatabaseWaitForEachOther() throws Exception {
    int rounds = 40;
    try (var beside = Administration.open(settings());
        var pool = Executors.newFixedThreadPool(2)) {
      var server =
          pool.submit(() -> {
            for (int i = 0; i < rounds; i++) {
              create(OWNER, i + ".jsonl", "x");
            }
            return rounds;
          });
      for (int i = 0; i < rounds; i++) {
        beside.setFileQuota(OWNER, 1_000 + i);
      }
      assertEquals(rounds, server.get());
      assertEquals(rounds, state.tenants().usedBytes(OWNER));
      assertEquals(rounds, beside.audit(Optional.of(OWNER), 2 * rounds).size());
    }
  }

  @Test
  void theAuditLogComesNewestFirst() throws IOException {
    state.audit().add(OWNER, "key", "file.create", "file-1", "");
    state.audit().add(OWNER, "key", "file.delete", "file-1", "");
    var page = state.audit().list(OWNER, PageRequest.first(1));
    assertEquals("file.delete", page.data().getFirst().action());
    assertTrue(page.hasMore());
    assertEquals(List.of(), state.audit().list(OTHER, PageRequest.first(1)).data());
  }

  private StoredJob job(String tenant, Map<String, String> metadata) throws IOException {
    var job =
        new NewJob(
            Ids.next("ftjob-"),
            tenant,
            now,
            "hone",
            "file-1",
            Optional.empty(),
            7,
            Optional.of("shop"),
            "AbCdEfGh",
            metadata);
    var event = event("Created fine-tuning job");
    return state.jobs().create(job, JobState.created(Hyperparameters.AUTO), event);
  }

  private JobChange.Event event(String message) {
    return new JobChange.Event(
        now, Level.INFO, message, Type.MESSAGE, JsonNodeFactory.instance.objectNode());
  }

  @Test
  void aJobComesBackAsItWas() throws IOException {
    var made = job(OWNER, Map.of("team", "search", "kind", "trial"));
    reopen();
    assertEquals(made, state.jobs().retrieve(OWNER, made.id()));
    assertEquals(JobStatus.VALIDATING_FILES, made.object().status());
    var events = state.jobs().events(OWNER, made.id(), PageRequest.first(10)).data();
    assertEquals("Created fine-tuning job", events.getFirst().message());
  }

  @Test
  void jobsAreFilteredByMetadata() throws IOException {
    var plain = job(OWNER, Map.of());
    var one = job(OWNER, Map.of("team", "search"));
    var two = job(OWNER, Map.of("team", "search", "kind", "trial"));
    assertEquals(List.of(two.id(), one.id(), plain.id()), ids(new MetadataFilter.Any()));
    assertEquals(List.of(plain.id()), ids(new MetadataFilter.Absent()));
    assertEquals(
        List.of(two.id(), one.id()), ids(new MetadataFilter.Has(Map.of("team", "search"))));
    var both = Map.of("team", "search", "kind", "trial");
    assertEquals(List.of(two.id()), ids(new MetadataFilter.Has(both)));
    assertEquals(List.of(), ids(new MetadataFilter.Has(Map.of("team", "' or 1=1 --"))));
  }

  private List<String> ids(MetadataFilter filter) throws IOException {
    return state.jobs().list(OWNER, filter, PageRequest.first(10)).data().stream()
        .map(dev.hone.server.api.FineTuningJob::id)
        .toList();
  }

  @Test
  void aChangeHappensAsAWholeOrNotAtAll() throws IOException {
    var made = job(OWNER, Map.of());
    assertThrows(
        IllegalStateException.class,
        () ->
            state
                .jobs()
                .change(
                    made.id(),
                    job ->
                        Optional.of(
                            JobChange.of(job)
                                .with(event("never"))
                                .to(job.state().succeeded(now, "x", 1)))));
    assertEquals(made, state.jobs().current(made.id()));
    assertEquals(1, state.jobs().events(OWNER, made.id(), PageRequest.first(9)).data().size());
  }

  @Test
  void theLastThreeCheckpointsAreKept() throws IOException {
    var made = start(job(OWNER, Map.of()));
    for (long step = 1; step <= 5; step++) {
      var adapter = state.jobs().directory(made.id()).resolve("step-" + step);
      Files.createDirectories(adapter);
      checkpoint(made, step, adapter);
      checkpoint(made, step, adapter);
    }
    reopen();
    var kept = state.jobs().checkpoints(OWNER, made.id(), PageRequest.first(10)).data();
    assertEquals(List.of(5L, 4L, 3L), kept.stream().map(c -> c.step()).toList());
    assertEquals("ft:hone:acme:shop:AbCdEfGh:ckpt-step-5", kept.getFirst().model());
    assertFalse(Files.exists(state.jobs().directory(made.id()).resolve("step-2")));
    var models = state.models();
    for (var checkpoint : kept) {
      var model = models.find(OWNER, checkpoint.model()).orElseThrow();
      assertTrue(Files.exists(models.directory(model)));
    }
    assertEquals(3, models.list(OWNER, PageRequest.first(10)).data().size());
    assertEquals(Optional.empty(), models.find(OTHER, kept.getFirst().model()));
    models.delete(OWNER, kept.getFirst().model());
    assertFalse(Files.exists(state.jobs().directory(made.id()).resolve("step-5")));
    assertEquals(404, refused(() -> models.delete(OWNER, kept.getFirst().model())).status());
  }

  private StoredJob start(StoredJob job) throws IOException {
    return state
        .jobs()
        .change(
            job.id(), j -> Optional.of(JobChange.of(j).to(j.state().validated(DECIDED).running())));
  }

  private void checkpoint(StoredJob job, long step, Path adapter) throws IOException {
    var metrics = JsonNodeFactory.instance.objectNode().put("step", step);
    var relative = state.jobs().relative(adapter);
    state
        .jobs()
        .change(
            job.id(),
            j ->
                Optional.of(
                    JobChange.of(j).with(new JobChange.Checkpoint(now, step, metrics, relative))));
  }

  /// The name of a tenant's new checkpoint.
  private String model(String tenant) throws IOException {
    var made = start(job(tenant, Map.of()));
    var adapter = state.jobs().directory(made.id()).resolve("step-1");
    Files.createDirectories(adapter);
    checkpoint(made, 1, adapter);
    return made.job().checkpointName(1);
  }

  private List<String> askable(String tenant) throws IOException {
    return state.models().list(tenant, PageRequest.first(10)).data().stream()
        .map(ModelEntry::id)
        .toList();
  }

  @Test
  void aGrantedModelMayBeAskedAndNothingElse() throws IOException {
    var shared = model(OWNER);
    var another = job(OWNER, Map.of());
    state.permissions().grant(OWNER, shared, List.of(OTHER, "third"));
    reopen();
    assertEquals(List.of(shared), askable(OTHER));
    assertEquals(List.of(shared), askable(OWNER));
    assertEquals(List.of(), askable("fourth"));
    assertTrue(state.models().askable(OTHER, shared).isPresent());
    assertEquals(Optional.empty(), state.models().askable("fourth", shared));

    var first = PageRequest.first(10);
    var permissions = state.permissions();
    assertEquals(404, refused(() -> state.models().delete(OTHER, shared)).status());
    assertEquals(Optional.empty(), state.models().find(OTHER, shared));
    assertEquals(404, refused(() -> state.jobs().retrieve(OTHER, another.id())).status());
    assertEquals(List.of(), state.jobs().list(OTHER, new MetadataFilter.Any(), first).data());
    assertEquals(404, refused(() -> permissions.grant(OTHER, shared, List.of(OTHER))).status());
    assertEquals(
        404, refused(() -> permissions.list(OTHER, shared, Optional.empty(), first)).status());
    var own = permissions.list(OWNER, shared, Optional.of(OTHER), first).data().getFirst();
    assertEquals(404, refused(() -> permissions.revoke(OTHER, shared, own.id())).status());
    permissions.revoke(OWNER, shared, own.id());
    assertEquals(List.of(), askable(OTHER));
    assertEquals(404, refused(() -> permissions.revoke(OWNER, shared, own.id())).status());
    assertEquals(List.of(shared), askable("third"));
  }

  @Test
  void permissionsAreListedInPagesAndGrantedOnce() throws IOException {
    var model = model(OWNER);
    var permissions = state.permissions();
    var projects = IntStream.range(0, 1_000).mapToObj(i -> "p" + i).toList();
    var granted = permissions.grant(OWNER, model, projects);
    assertEquals(projects, granted.stream().map(one -> one.projectId()).toList());
    assertEquals(granted.subList(3, 5), permissions.grant(OWNER, model, List.of("p3", "p4")));
    var oldest = new PageRequest(Optional.of(granted.get(1).id()), 2, true);
    var page = permissions.list(OWNER, model, Optional.empty(), oldest);
    assertEquals(granted.subList(2, 4), page.data());
    assertTrue(page.hasMore());
    var newest = permissions.list(OWNER, model, Optional.empty(), PageRequest.first(1_000));
    assertEquals(granted.reversed(), newest.data());
    assertFalse(newest.hasMore());
    assertEquals(1_000, Set.copyOf(granted).size());
    for (var wrong : List.of(OWNER, "", "../" + OTHER, "' or 1=1 --", "x".repeat(65))) {
      assertEquals(
          400, refused(() -> permissions.grant(OWNER, model, List.of("p", wrong))).status());
    }
    var none = permissions.list(OWNER, model, Optional.of("p"), PageRequest.first(1));
    assertEquals(List.of(), none.data());
  }

  @Test
  void permissionsEndWithTheirModel() throws IOException {
    var made = start(job(OWNER, Map.of()));
    var ids = new ArrayList<String>();
    for (long step = 1; step <= 4; step++) {
      var adapter = state.jobs().directory(made.id()).resolve("step-" + step);
      Files.createDirectories(adapter);
      checkpoint(made, step, adapter);
      var name = made.job().checkpointName(step);
      ids.add(state.permissions().grant(OWNER, name, List.of(OTHER)).getFirst().id());
    }
    assertEquals(3, askable(OTHER).size(), "an old checkpoint goes, and what was granted with it");
    var last = made.job().checkpointName(4);
    state.models().delete(OWNER, last);
    assertEquals(2, askable(OTHER).size());
    var adapter = state.jobs().directory(made.id()).resolve("step-4");
    Files.createDirectories(adapter);
    checkpoint(made, 4, adapter);
    assertEquals(2, askable(OTHER).size(), "a name that comes again is granted to nobody");
    assertEquals(404, refused(() -> state.permissions().revoke(OWNER, last, ids.get(3))).status());
  }

  @Test
  void aJobsEndIsStoredWithModelAndResult() throws IOException {
    var made = start(job(OWNER, Map.of()));
    assertEquals(Optional.of(made), state.jobs().next(JobStatus.RUNNING));
    var result = state.files().prepareResult("r.csv", bytes("step\n"));
    assertEquals(404, refused(() -> state.files().retrieve(OWNER, result.id())).status());
    var name = made.job().modelName();
    var ended =
        state
            .jobs()
            .change(
                made.id(),
                j ->
                    Optional.of(
                        JobChange.of(j)
                            .to(j.state().succeeded(now, name, 500))
                            .withModel(Path.of("jobs", j.id(), "run"))
                            .with(result)));
    reopen();
    assertEquals(ended, state.jobs().retrieve(OWNER, made.id()));
    assertEquals(List.of(result.id()), ended.object().resultFiles());
    assertEquals("step\n", Files.readString(state.files().content(OWNER, result.id())));
    assertEquals("hone", state.models().find(OWNER, name).orElseThrow().base());
    assertEquals(Optional.empty(), state.jobs().next(JobStatus.RUNNING));
  }

  @Test
  void aFailureIsStored() throws IOException {
    var made = job(OWNER, Map.of());
    var why = new JobError("invalid_training_file", "why", Optional.of("training_file"));
    state
        .jobs()
        .change(made.id(), j -> Optional.of(JobChange.of(j).to(j.state().failed(now, why))));
    reopen();
    assertEquals(Optional.of(why), state.jobs().current(made.id()).state().error());
  }
}
