package dev.hone.hub;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// Brings models of the hub into its cache.
public final class Hub {
  private final HubSettings settings;
  private final Patience patience;
  private final HubListener listener;
  private final HubClient client;

  public Hub(HubSettings settings, Patience patience, HubListener listener) {
    this.settings = settings;
    this.patience = patience;
    this.listener = listener;
    this.client = new HubClient(settings, patience, listener);
  }

  /// The directory of a model, whole and checked; what is missing is downloaded. Where the hub
  /// cannot be reached, what the cache has of the revision must do.
  ///
  /// @throws UsageException where there is no such model for this user, or none that Hone reads
  /// @throws HubException where the hub or the network fails
  public Path fetch(HubModel model) throws IOException {
    var repo = new CachedRepo(settings.cache(), model.folder());
    var cached = repo.complete(model.revision());
    if (settings.isOffline()) {
      return cached.orElseThrow(() ->
          new UsageException(
              "%s: is not whole in the cache (%s), and HF_HUB_OFFLINE forbids to ask the hub"
                  .formatted(model, settings.cache()),
              "run this once without HF_HUB_OFFLINE, or name the cache with HF_HOME"));
    }
    RepoListing listing;
    try {
      listing = client.listing(model, cached.isPresent() ? 1 : patience.attempts());
    } catch (HubException e) {
      if (cached.isEmpty()) {
        throw e;
      }
      listener.note("%s; the cache has it: %s".formatted(e.getMessage(), cached.get()));
      return cached.get();
    }
    listing.requireModel();
    return new Download(model, repo, listing).run();
  }

  /// One model on its way.
  private final class Download {
    private final HubModel model;
    private final CachedRepo repo;
    private final RepoListing listing;
    private long done;
    private long total;

    Download(HubModel model, CachedRepo repo, RepoListing listing) {
      this.model = model;
      this.repo = repo;
      this.listing = listing;
    }

    /// What tells whether Hone computes such a model comes before gigabytes do.
    Path run() throws IOException {
      bring(listing.config());
      ModelConfig.read(repo.snapshot(listing.commit()).resolve(RepoListing.CONFIG));
      var wanted = listing.wanted(shards());
      done = 0;
      var missing = new ArrayList<RepoFile>();
      for (var file : wanted) {
        if (!repo.has(listing.commit(), file) && !repo.hasBlob(file)) {
          missing.add(file);
          total += file.size();
          done += here(file);
        }
      }
      if (!missing.isEmpty()) {
        requireSpace(total - done);
        listener.begin(done, total);
      }
      for (var file : wanted) {
        bring(file);
      }
      repo.remember(model.revision(), listing.commit());
      return repo.snapshot(listing.commit());
    }

    /// The index is needed before it is known what else is.
    private List<String> shards() throws IOException {
      if (listing.index().isEmpty()) {
        return List.of();
      }
      bring(listing.index().get());
      return CachedRepo.shards(repo.snapshot(listing.commit()).resolve(RepoListing.INDEX));
    }

    private long here(RepoFile file) throws IOException {
      var part = repo.incomplete(file);
      return Files.exists(part) ? Math.min(Files.size(part), file.size()) : 0;
    }

    private void requireSpace(long bytes) throws IOException {
      Files.createDirectories(settings.cache());
      long free = Files.getFileStore(settings.cache()).getUsableSpace();
      if (free < bytes) {
        throw new HubException(
            "%s: takes %.1f GB more, and %s has %.1f GB left"
                .formatted(model, bytes / 1e9, settings.cache(), free / 1e9),
            "make room there, or name another place with HF_HOME");
      }
    }

    private void bring(RepoFile file) throws IOException {
      if (repo.has(listing.commit(), file)) {
        return;
      }
      repo.alone(
          file,
          () -> listener.note("waiting for another process that brings " + file.name()),
          () -> {
            if (!repo.hasBlob(file)) {
              downloadBlob(file);
            }
            repo.link(listing.commit(), file);
          });
    }

    /// The few bytes that come before the total is known are not told.
    private void moved(long bytes) {
      if (total > 0) {
        listener.moved(bytes, total);
      }
    }

    private void downloadBlob(RepoFile file) throws IOException {
      var part = repo.incomplete(file);
      long before = done - here(file);
      client.download(model, listing.commit(), file, part, bytes -> moved(before + bytes));
      done = before + file.size();
      var hash = file.hash(part);
      if (!hash.equals(file.etag())) {
        Files.delete(part);
        throw new HubException(
            "%s: %s is not what the hub promised (hash %s, not %s); it was thrown away"
                .formatted(model, file.name(), hash, file.etag()),
            "run the same command again; if it stays, a proxy or mirror changes files");
      }
      Files.move(part, repo.blob(file), StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
