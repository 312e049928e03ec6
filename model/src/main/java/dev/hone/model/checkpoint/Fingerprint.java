package dev.hone.model.checkpoint;

import dev.hone.model.Sha256;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/// Identifies a base model: SHA-256 over `config.json` and, in the order of their names, each
/// stored tensor's name, dtype, shape and contents. How tensors are spread over files does not
/// count.
///
/// Where all contents together are [#WHOLE_BELOW] bytes or more, only [#SAMPLES] pieces of
/// [#SAMPLE_BYTES] of each larger tensor are read, evenly spread, first and last included: a
/// fine-tuned copy differs in every one of its trained tensors, nearly everywhere.
final class Fingerprint {
  static final long WHOLE_BELOW = 1L << 30;
  static final int SAMPLES = 16;
  static final int SAMPLE_BYTES = 4096;
  private static final long CHUNK = 64L << 20;

  private final MessageDigest sha256;

  private Fingerprint(MessageDigest sha256) {
    this.sha256 = sha256;
  }

  /// `sha256:` and 64 hexadecimal digits; `sha256-sampled:` where contents were sampled.
  static String of(Path configJson, Weights weights) throws CheckpointException {
    return of(configJson, weights, WHOLE_BELOW);
  }

  static String of(Path configJson, Weights weights, long wholeBelow) throws CheckpointException {
    var fingerprint = new Fingerprint(Sha256.digest());
    fingerprint.add(ModelFile.read(configJson, Integer.MAX_VALUE));
    boolean isWhole = weights.stored().stream().mapToLong(TensorInfo::byteSize).sum() < wholeBelow;
    for (var name : weights.files().keySet().stream().sorted().toList()) {
      var data = weights.raw(name);
      fingerprint.addTensor(weights.info(name), data, isWhole);
      data.unload(); // else a file that was only looked at would count in the process's memory
    }
    var digest = HexFormat.of().formatHex(fingerprint.sha256.digest());
    return (isWhole ? "sha256:" : "sha256-sampled:") + digest;
  }

  private void addTensor(TensorInfo info, MemorySegment data, boolean isWhole) {
    add(
        "%s %s %s"
            .formatted(info.name(), info.type(), info.shape())
            .getBytes(StandardCharsets.UTF_8));
    if (isWhole || data.byteSize() <= (long) SAMPLES * SAMPLE_BYTES) {
      addWhole(data);
    } else {
      long last = data.byteSize() - SAMPLE_BYTES;
      for (int i = 0; i < SAMPLES - 1; i++)
        addWhole(data.asSlice(last / (SAMPLES - 1) * i, SAMPLE_BYTES));
      addWhole(data.asSlice(last, SAMPLE_BYTES));
    }
  }

  /// Bytes of unknown length, with the length before them, so that two neighbours cannot trade
  /// bytes.
  private void add(byte[] bytes) {
    sha256.update(Integer.toString(bytes.length).getBytes(StandardCharsets.UTF_8));
    sha256.update((byte) ':');
    sha256.update(bytes);
  }

  private void addWhole(MemorySegment data) {
    for (long done = 0; done < data.byteSize(); done += CHUNK) {
      sha256.update(data.asSlice(done, Math.min(CHUNK, data.byteSize() - done)).asByteBuffer());
    }
  }
}
