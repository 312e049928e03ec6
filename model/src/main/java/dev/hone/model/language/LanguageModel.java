package dev.hone.model.language;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.Merge;
import dev.hone.model.adapter.PeftAdapter;
import dev.hone.model.adapter.Proof;
import dev.hone.model.adapter.Provenance;
import dev.hone.model.adapter.RowShape;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.GgufLora;
import dev.hone.model.checkpoint.JsonFile;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.LinearLayer;
import dev.hone.model.text.ChatRenderer;
import dev.hone.model.text.Renderers;
import dev.hone.model.text.Tokenizer;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tensor.ProcessMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;

/// A model that is ready to run: base, adapter if any, tokenizer and prompt format, opened from
/// their directories.
///
/// What carries proof vectors has replayed them when [#open] returns, so that an adapter on the
/// wrong base, a changed tokenizer or a damaged file is refused before a single token is generated.
/// An adapter of others, which carries none, must at least change something.
///
/// It owns the memory of weights and tables: one shared arena, closed by [#close].
public final class LanguageModel implements AutoCloseable {
  private final Arena arena;
  private final Allocator memory;
  private final Checkpoint checkpoint;
  private final Tokenizer tokenizer;
  private final Optional<Provenance> provenance;
  private final ChatRenderer renderer;
  private final int maxPositions;
  private final BaseWeights weights;
  private final Decoder baseDecoder;
  private final Optional<Path> adapterDir;
  private final Optional<PeftAdapter> adapter;
  private final Decoder decoder;

  private LanguageModel(
      Arena arena,
      Path base,
      Optional<Path> adapterDir,
      Optional<BaseDtype> asked,
      int maxPositions)
      throws CheckpointException {
    this.arena = arena;
    this.memory = new ArenaAllocator(arena);
    this.checkpoint = Checkpoint.open(base, arena);
    this.tokenizer = Tokenizer.open(checkpoint);
    this.adapterDir = adapterDir;
    this.adapter =
        adapterDir.isPresent()
            ? Optional.of(PeftAdapter.read(adapterDir.get(), config(), memory))
            : Optional.empty();
    this.provenance = readProvenance();
    this.renderer = Renderers.open(checkpoint.dir(), tokenizer, provenance.map(Provenance::format));
    this.maxPositions = Math.min(maxPositions, config().maxPositionEmbeddings());
    var dtype = baseDtype(asked);
    requireMemory(dtype);
    this.weights = BaseWeights.load(checkpoint, dtype, memory);
    this.baseDecoder = Decoder.of(config(), weights, memory, provenPositions());
    this.decoder = adapter.map(a -> a.on(baseDecoder, memory)).orElse(baseDecoder);
  }

  /// Opens a model of the directory `base`, for sequences as long as it allows.
  public static LanguageModel open(Path base) throws CheckpointException {
    return open(base, Optional.empty(), Optional.empty(), Integer.MAX_VALUE);
  }

  /// Opens the model of the directory `base`, and the adapter of the directory `adapter`.
  ///
  /// @param baseDtype what the base is kept in; where empty, what the adapter was trained on, else
  ///   float32
  /// @param maxPositions the longest sequence that it will see, tokens; at most what the model
  ///   allows counts
  /// @throws CheckpointException when a file is missing, damaged or does not fit the others
  /// @throws UsageException when a directory is not what it was given for, holds what is not
  ///   supported, or does not replay its proof
  public static LanguageModel open(
      Path base, Optional<Path> adapter, Optional<BaseDtype> baseDtype, int maxPositions)
      throws CheckpointException {
    if (maxPositions < 1) {
      throw new IllegalArgumentException("a model needs at least 1 position, got " + maxPositions);
    }
    refuseAdapterAsBase(base);
    @SuppressWarnings("MustBeClosedChecker") // closed by the model, or below where there is none
    var arena = Arena.ofShared();
    boolean isOpen = false;
    try {
      var model = new LanguageModel(arena, base, adapter, baseDtype, maxPositions);
      model.replayProof();
      isOpen = true;
      return model;
    } finally {
      if (!isOpen) {
        arena.close();
      }
    }
  }

  private void requireMemory(BaseDtype dtype) {
    var plan = new MemoryPlan();
    BaseWeights.plan(checkpoint, dtype, plan);
    long needed = plan.byteSize();
    long available = ProcessMemory.availableBytes();
    if (needed > available) {
      throw new UsageException(
          "%s: its weights need %,d MB of memory and %,d MB are available"
              .formatted(checkpoint.dir(), needed >> 20, available >> 20),
          "free memory, or take a smaller model");
    }
  }

  private static void refuseAdapterAsBase(Path base) throws CheckpointException {
    if (PeftAdapter.isAdapter(base)) {
      var config = JsonFile.read(base.resolve("adapter_config.json"));
      throw new UsageException(
          "%s: is an adapter for %s, not a model"
              .formatted(base, config.string("base_model_name_or_path").orElse("another model")),
          "pass it with --adapter, and that model with --base");
    }
  }

  /// The adapter's, else the model's own, where Hone trained it.
  private Optional<Provenance> readProvenance() throws CheckpointException {
    if (adapterDir.isPresent()) {
      var ofAdapter = Provenance.read(adapterDir.get());
      if (ofAdapter.isPresent()) {
        return ofAdapter;
      }
    }
    return Provenance.read(checkpoint.dir());
  }

  /// An adapter runs on what it was trained on, and on nothing else: on another type the base's
  /// logits are other ones, which is what its proof refuses.
  private BaseDtype baseDtype(Optional<BaseDtype> asked) {
    var trained = adapterDir.isPresent() ? provenance.map(Provenance::baseDtype) : asked;
    if (trained.isPresent() && asked.isPresent() && !asked.equals(trained)) {
      throw new UsageException(
          "%s: was trained on a base in %s, not in %s"
              .formatted(adapterDir.orElseThrow(), trained.get().label(), asked.get().label()),
          "leave out --base-dtype: it follows the adapter");
    }
    return trained.or(() -> asked).orElseGet(() -> BaseDtype.of(checkpoint));
  }

  /// As many as were asked for, and at least what a proof needs.
  private int provenPositions() {
    return Math.min(Math.max(maxPositions, Proof.MAX_TOKENS), config().maxPositionEmbeddings());
  }

  /// Proves that an adapter fits this base, as [#open] does, without keeping it.
  ///
  /// @return the renderer of the prompts that it was trained on
  /// @throws CheckpointException when a file is missing, damaged or does not fit the others
  /// @throws UsageException when it does not replay its proof, or was trained on a base in another
  ///   type than this one is kept in
  public ChatRenderer proveAdapter(Path dir) throws CheckpointException {
    var from = Provenance.read(dir);
    if (from.isPresent() && from.get().baseDtype() != weights.dtype()) {
      throw new UsageException(
          "%s: was trained on a base in %s, and this one is in %s"
              .formatted(dir, from.get().baseDtype().label(), weights.dtype().label()),
          "give the base in that type");
    }
    var format = Renderers.open(checkpoint.dir(), tokenizer, from.map(Provenance::format));
    try (var own = Arena.ofShared()) {
      var ownMemory = new ArenaAllocator(own);
      var read = PeftAdapter.read(dir, config(), ownMemory);
      var with = read.on(baseDecoder, ownMemory);
      var proof = Proof.read(dir, config());
      if (proof.isPresent()) {
        proof.get().replay(dir, format, baseDecoder, with, read.shape());
      } else {
        requireSameBase(dir);
        Proof.requireEffect(dir, format, baseDecoder, with, read.shape());
      }
    }
    return format;
  }

  private void replayProof() throws CheckpointException {
    if (adapter.isPresent()) {
      replayProof(adapterDir.orElseThrow(), adapter.get());
    } else {
      var proof = Proof.read(checkpoint.dir(), config());
      proof.ifPresent(p -> p.replay(checkpoint.dir(), renderer, baseDecoder));
    }
  }

  private void replayProof(Path dir, PeftAdapter of) throws CheckpointException {
    var proof = Proof.read(dir, config());
    if (proof.isPresent()) {
      proof.get().replay(dir, renderer, baseDecoder, decoder, of.shape());
    } else {
      requireSameBase(dir);
      Proof.requireEffect(dir, renderer, baseDecoder, decoder, of.shape());
    }
  }

  /// The weaker check, where Hone trained the adapter and its proof is lost.
  private void requireSameBase(Path dir) throws CheckpointException {
    var trained = Provenance.read(dir).map(Provenance::baseFingerprint);
    if (trained.isPresent() && !trained.get().equals(checkpoint.fingerprint())) {
      throw new UsageException(
          "%s: was trained on another base than %s, their fingerprints differ"
              .formatted(dir, checkpoint.dir()),
          "give the base that adapter_config.json names, unchanged");
    }
  }

  public ModelConfig config() {
    return checkpoint.config();
  }

  /// The base's files.
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /// The one that it was trained with, where Hone trained it; else its chat template, else the
  /// plain format.
  public ChatRenderer renderer() {
    return renderer;
  }

  /// What the adapter, or else the model, was trained on; empty where Hone did not train it.
  public Optional<Provenance> provenance() {
    return provenance;
  }

  /// What is to be noted of something that is trained on this base now.
  ///
  /// @param rows the shapes of the training rows
  public Provenance provenanceOf(Set<RowShape> rows) throws CheckpointException {
    return new Provenance(checkpoint.fingerprint(), weights.dtype(), renderer.format(), rows);
  }

  /// The longest sequence, tokens: what was asked for, or what the model allows if that is less.
  public int maxPositions() {
    return maxPositions;
  }

  /// The base's weights; the adapter is not in them.
  public BaseWeights weights() {
    return weights;
  }

  /// With the adapter, if there is one.
  public Decoder decoder() {
    return decoder;
  }

  /// Without adapter.
  public Decoder baseDecoder() {
    return baseDecoder;
  }

  public Optional<PeftAdapter> adapter() {
    return adapter;
  }

  /// Where the adapter sits; [AdapterShape#NONE] without one.
  public AdapterShape adapterShape() {
    return adapter.map(PeftAdapter::shape).orElse(AdapterShape.NONE);
  }

  /// What allocates memory that lives as long as this model.
  public Allocator memory() {
    return memory;
  }

  /// Every token that ends an answer: those of the prompt format and those that the model's
  /// configuration names.
  public Set<Integer> stopIds() {
    return Renderers.stopIds(tokenizer, renderer);
  }

  /// Writes base and adapter as one plain model. See [Merge].
  ///
  /// @param out a new or empty directory
  /// @param dtype of all weights; empty for the one that each has in the base
  /// @param overwrite whether a checkpoint that stands at `out` already may be replaced; never the
  ///   base itself
  public Merge.Report merge(Path out, Optional<Dtype> dtype, boolean overwrite)
      throws CheckpointException {
    var merged =
        adapter.orElseThrow(() -> new IllegalStateException("there is no adapter to merge"));
    refuseOwnDirectory(out);
    var stored = Proof.read(adapterDir.orElseThrow(), config());
    var proof = stored.orElseGet(() -> Proof.of(renderer, baseDecoder, decoder, merged.shape()));
    var rows = provenance.map(Provenance::rows).orElse(Set.of());
    return Merge.write(
        checkpoint, weights, merged, proof, provenanceOf(rows), dtype, out, overwrite);
  }

  /// Whether there is an adapter of low-rank products alone: what every tool that reads adapters
  /// knows.
  public boolean hasPlainAdapter() {
    return adapter.isPresent() && adapter.get().shape().isPlain();
  }

  /// Writes the adapter as GGUF, for the model's own GGUF file.
  ///
  /// @throws UsageException when it has more than low-rank products
  public void writeGgufLora(Path out) throws CheckpointException {
    var of = adapter.orElseThrow(() -> new IllegalStateException("there is no adapter to write"));
    if (!hasPlainAdapter()) {
      throw new UsageException(
          "%s: has magnitudes (DoRA), modules_to_save or rows of tokens, which GGUF adapters do not know"
              .formatted(adapterDir.orElseThrow()),
          "write the whole model: --to gguf");
    }
    try (var own = Arena.ofConfined()) {
      var stored = of.asStored(baseDecoder, new ArenaAllocator(own));
      var modules = new ArrayList<GgufLora.LowRank>();
      for (var module : LinearLayer.storedModules(config())) {
        if (stored.shape().rank(module) > 0) {
          modules.add(
              new GgufLora.LowRank(
                  module,
                  stored.parameters().get(module + ".lora_A.weight"),
                  stored.parameters().get(module + ".lora_B.weight"),
                  stored.shape().scale(module)));
        }
      }
      GgufLora.write(checkpoint, modules, out);
    }
  }

  /// The largest rank of a module in the adapter's files; 0 without one.
  public int adapterRank() {
    return adapter.map(a -> a.storedRank(config())).orElse(0);
  }

  private void refuseOwnDirectory(Path out) throws CheckpointException {
    try {
      boolean isBase = Files.exists(out) && Files.isSameFile(out, checkpoint.dir());
      if (isBase || Files.exists(out) && Files.isSameFile(out, adapterDir.orElseThrow())) {
        throw new UsageException(out + ": is what is being merged", "give another directory");
      }
    } catch (IOException e) {
      throw new CheckpointException(out, "cannot be read: " + e.getMessage(), e);
    }
  }

  /// Frees the weights; the decoders must not be used any more.
  @Override
  public void close() {
    arena.close();
  }
}
