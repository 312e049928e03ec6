package dev.hone.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.checkpoint.SafetensorsWriter.Entry;
import dev.hone.tensor.Bf16Matrix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 4095, 4096, 4097, 10_000})
  void f32ComesBackAsWritten(int n) throws IOException {
    var values = TinyCheckpoint.values("x", n);
    assertArrayEquals(values, roundTrip(values, Dtype.F32));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 4095, 4096, 4097, 10_000})
  void bfloat16IsRoundedToTheNearest(int n) throws IOException {
    var values = TinyCheckpoint.values("x", n);
    var read = roundTrip(values, Dtype.BF16);
    for (int i = 0; i < n; i++) assertEquals(nearestBfloat16(values[i]), read[i]);
  }

  @Test
  void float16IsRoundedAsTheJavaPlatformDoes() throws IOException {
    var values = TinyCheckpoint.values("x", 5000);
    var read = roundTrip(values, Dtype.F16);
    for (int i = 0; i < values.length; i++) {
      assertEquals(Float.float16ToFloat(Float.floatToFloat16(values[i])), read[i]);
    }
  }

  @Test
  void everyHalfAndBfloat16SurvivesReadingAndWriting() throws IOException {
    for (var dtype : List.of(Dtype.F16, Dtype.BF16)) {
      var all = new short[1 << 16];
      for (int i = 0; i < all.length; i++) all[i] = (short) i;
      var raw = MemorySegment.ofArray(all);
      var file = dir.resolve(dtype + ".safetensors");
      SafetensorsWriter.write(
          file, List.of(Entry.ofRaw("x", dtype, List.of(1L << 16), () -> raw)), Map.of());
      var read = read(file, "x", all.length);
      for (int i = 0; i < all.length; i++) {
        if (Float.isNaN(read[i])) continue;
        var again = dtype == Dtype.F16 ? Float.floatToFloat16(read[i]) : Bf16Matrix.round(read[i]);
        assertEquals(all[i], again, dtype + " bits " + i);
      }
    }
  }

  @Test
  void bfloat16TiesGoToEvenAndNanStaysNan() {
    assertEquals(0x3f80, Bf16Matrix.round(Float.intBitsToFloat(0x3f808000)) & 0xffff);
    assertEquals(0x3f82, Bf16Matrix.round(Float.intBitsToFloat(0x3f818000)) & 0xffff);
    assertEquals(0x7f80, Bf16Matrix.round(Float.MAX_VALUE) & 0xffff);
    var nan = Bf16Matrix.round(Float.intBitsToFloat(0x7f800001));
    assertTrue(Float.isNaN(Float.intBitsToFloat(nan << 16)));
  }

  @ParameterizedTest
  @EnumSource(Dtype.class)
  void everyDtypeIsDescribed(Dtype dtype) throws IOException {
    var file = dir.resolve("m.safetensors");
    var bytes = MemorySegment.ofArray(new byte[dtype.bits()]);
    SafetensorsWriter.write(
        file, List.of(Entry.ofRaw("x", dtype, List.of(2L, 4L), () -> bytes)), Map.of());
    try (var arena = Arena.ofConfined()) {
      var info = SafetensorsFile.open(file, arena).info("x");
      assertEquals(dtype, info.dtype());
      assertEquals(List.of(2L, 4L), info.shape());
      assertEquals(dtype.bits(), info.byteSize());
    }
  }

  @Test
  void integersAreRefusedAsNumbersByName() throws IOException {
    var file = dir.resolve("m.safetensors");
    var bytes = MemorySegment.ofArray(new long[1]);
    SafetensorsWriter.write(
        file, List.of(Entry.ofRaw("ids", Dtype.I64, List.of(1L), () -> bytes)), Map.of());
    try (var arena = Arena.ofConfined()) {
      var opened = SafetensorsFile.open(file, arena);
      var dst = arena.allocate(4);
      var e = assertThrows(CheckpointException.class, () -> opened.readF32("ids", dst));
      assertTrue(e.getMessage().contains("tensor 'ids' is I64"), e.getMessage());
    }
  }

  @Test
  void theSameEntriesGiveTheSameBytesAsTheFormatWantsThem() throws IOException {
    var first = dir.resolve("a.safetensors");
    var second = dir.resolve("b.safetensors");
    var entries =
        List.of(
            TinyCheckpoint.entry("z", Dtype.F32, List.of(2L)),
            TinyCheckpoint.entry("a", Dtype.F16, List.of(3L, 1L)));
    SafetensorsWriter.write(first, entries, Map.of("format", "pt", "b", "ü"));
    SafetensorsWriter.write(second, entries, Map.of("b", "ü", "format", "pt"));
    var bytes = Files.readAllBytes(first);
    assertArrayEquals(bytes, Files.readAllBytes(second));
    int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertEquals(0, length % 8);
    assertEquals(
        "{\"__metadata__\":{\"b\":\"ü\",\"format\":\"pt\"},"
            + "\"z\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"a\":{\"dtype\":\"F16\",\"shape\":[3,1],\"data_offsets\":[8,14]}}",
        new String(bytes, 8, length, StandardCharsets.UTF_8).stripTrailing());
    assertEquals(8 + length + 14, bytes.length);
  }

  @Test
  void unalignedF32IsReadButNotOfferedAsMapped() throws IOException {
    var file = dir.resolve("m.safetensors");
    var one = MemorySegment.ofArray(new byte[] {1});
    SafetensorsWriter.write(
        file,
        List.of(
            Entry.ofRaw("flag", Dtype.BOOL, List.of(1L), () -> one),
            TinyCheckpoint.entry("x", Dtype.F32, List.of(5L))),
        Map.of());
    assertArrayEquals(TinyCheckpoint.values("x", 5), read(file, "x", 5));
    try (var arena = Arena.ofConfined()) {
      assertFalse(SafetensorsFile.open(file, arena).isF32Mapped("x"));
    }
  }

  @Test
  void mappedWeightsCannotBeWrittenTo() throws IOException {
    var file = dir.resolve("m.safetensors");
    SafetensorsWriter.write(
        file, List.of(TinyCheckpoint.entry("x", Dtype.F32, List.of(5L))), Map.of());
    try (var arena = Arena.ofConfined()) {
      var opened = SafetensorsFile.open(file, arena);
      assertTrue(opened.isF32Mapped("x"));
      assertTrue(opened.raw("x").isReadOnly());
    }
  }

  @Test
  void aFailureWhileWritingLeavesTheOldFileAndNothingElse() throws IOException {
    var file = dir.resolve("m.safetensors");
    SafetensorsWriter.write(
        file, List.of(TinyCheckpoint.entry("x", Dtype.F32, List.of(5L))), Map.of());
    var before = Files.readAllBytes(file);
    var bad =
        List.of(
            TinyCheckpoint.entry("x", Dtype.F32, List.of(50_000L)),
            Entry.ofF32(
                "y",
                Dtype.F32,
                List.of(2L),
                () -> {
                  throw new IOException("No space left on device");
                }));
    var e =
        assertThrows(CheckpointException.class, () -> SafetensorsWriter.write(file, bad, Map.of()));
    assertEquals(
        file + ": cannot be written: No space left on device; nothing was left behind",
        e.getMessage());
    assertArrayEquals(before, Files.readAllBytes(file));
    assertEquals(List.of(file), list(dir));
  }

  @Test
  void aDirectoryThatCannotBeWrittenToIsAClearError() {
    var file = dir.resolve("missing/m.safetensors");
    var e =
        assertThrows(
            CheckpointException.class, () -> SafetensorsWriter.write(file, List.of(), Map.of()));
    assertTrue(
        e.getMessage().startsWith(file + ": cannot be written: no such file or directory"),
        e.getMessage());
  }

  @Test
  void wrongSizesAndDoubleNamesAreTheCallersBug() {
    var file = dir.resolve("m.safetensors");
    var x = TinyCheckpoint.entry("x", Dtype.F32, List.of(5L));
    var small = Entry.ofF32("x", Dtype.F32, List.of(6L), () -> MemorySegment.ofArray(new float[5]));
    assertThrows(
        IllegalArgumentException.class,
        () -> SafetensorsWriter.write(file, List.of(x, x), Map.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> SafetensorsWriter.write(file, List.of(small), Map.of()));
    assertEquals(List.of(), assertDoesNotThrowList());
  }

  private List<Path> assertDoesNotThrowList() {
    try {
      return list(dir);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private float[] roundTrip(float[] values, Dtype dtype) throws IOException {
    var file = dir.resolve("m.safetensors");
    var data = MemorySegment.ofArray(values);
    var entry = Entry.ofF32("x", dtype, List.of((long) values.length), () -> data);
    SafetensorsWriter.write(file, List.of(entry), SafetensorsWriter.PYTORCH);
    return read(file, "x", values.length);
  }

  private static float[] read(Path file, String name, int n) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var dst = arena.allocate(4L * n, 4);
      SafetensorsFile.open(file, arena).readF32(name, dst);
      return dst.toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  /// By comparing distances, in double, to the two candidates; ties (which the test's values never
  /// hit) aside.
  private static float nearestBfloat16(float x) {
    float below = Float.intBitsToFloat(Float.floatToRawIntBits(x) & 0xffff0000);
    float above = Float.intBitsToFloat((Float.floatToRawIntBits(x) & 0xffff0000) + 0x10000);
    double toBelow = Math.abs((double) x - below);
    double toAbove = Math.abs((double) x - above);
    if (toBelow == toAbove) return (Float.floatToRawIntBits(below) & 0x10000) == 0 ? below : above;
    return toBelow < toAbove ? below : above;
  }

  private static List<Path> list(Path dir) throws IOException {
    try (var files = Files.list(dir)) {
      return Arrays.asList(files.toArray(Path[]::new));
    }
  }
}
