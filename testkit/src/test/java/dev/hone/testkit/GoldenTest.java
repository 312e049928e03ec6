package dev.hone.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class GoldenTest {
  private final Golden golden = Golden.load("testkit/every_dtype");

  @Test
  void readsEveryDtype() {
    assertArrayEquals(
        new float[] {1.5f, -2, 0, Float.POSITIVE_INFINITY, 1e-40f, 3}, golden.f32("floats"));
    assertArrayEquals(new double[] {0.1, -1e300}, golden.f64("doubles"));
    assertArrayEquals(new int[] {1, -2, 3, 4, 5, 6}, golden.i32("ints"));
    assertArrayEquals(new long[] {1L << 40, -1}, golden.i64("longs"));
  }

  @Test
  void knowsShapesAndNamesInFileOrder() {
    assertArrayEquals(new long[] {2, 3}, golden.shape("floats"));
    assertArrayEquals(new long[] {}, golden.shape("scalar"));
    assertEquals(
        List.of("floats", "doubles", "ints", "longs", "scalar"), List.copyOf(golden.names()));
  }

  @Test
  void splitsAMatrixIntoRows() {
    assertArrayEquals(new int[][] {{1, -2}, {3, 4}, {5, 6}}, golden.i32Rows("ints"));
    assertThrows(
        IllegalArgumentException.class, () -> Golden.load("testkit/every_dtype").i32Rows("scalar"));
  }

  @Test
  void carriesTheScriptsNotes() {
    assertEquals("tools/parity/testkit.py", golden.metadata().get("script"));
    assertEquals("größer", golden.metadata().get("note"));
  }

  @Test
  void readsAreCopies() {
    golden.f32("floats")[0] = 99;
    assertEquals(1.5f, golden.f32("floats")[0]);
  }

  @Test
  void aWrongNameOrDtypeIsNamed() {
    assertMessage(
        "no golden file /golden/testkit/missing.safetensors", () -> Golden.load("testkit/missing"));
    assertMessage(
        "tensor nope of golden file testkit/every_dtype does not exist", () -> golden.f32("nope"));
    assertMessage(
        "tensor ints of golden file testkit/every_dtype is I32, not F32", () -> golden.f32("ints"));
  }

  private static void assertMessage(String start, Runnable action) {
    var error = assertThrows(IllegalArgumentException.class, action::run);
    assertTrue(error.getMessage().startsWith(start), error.getMessage());
  }
}
