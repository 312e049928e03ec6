package dev.hone.tensor;

import static dev.hone.tensor.Tensors.zeros;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class ShapesTest {
  @Test
  void messagesNameTheOperationAndBothShapes() {
    assertMessage(
        "linear: x (2, 3), w (5, 4) and y (2, 5) do not fit",
        () -> Linear.forward(zeros(2, 3), 2, zeros(5, 4), 1f, 0f, zeros(2, 5)));
    assertMessage(
        "linearBackward: x (2, 3), w (5, 3) and y (2, 4) do not fit",
        () -> Linear.backward(zeros(2, 4), 2, zeros(5, 3), 1f, 0f, zeros(2, 3)));
    assertMessage(
        "linearBackwardWeight: x (2, 3), w (5, 4) and y (2, 5) do not fit",
        () -> Linear.backwardWeight(zeros(2, 3), 2, zeros(2, 5), 1f, zeros(5, 4)));
    assertMessage(
        "rmsNorm: (2, 3) and (2, 4) differ in dim 1",
        () -> new RmsNorm(1f).forward(zeros(2, 3), 2, zeros(1, 3), zeros(2, 4), zeros(2, 1)));
    assertMessage(
        "rmsNorm: (1, 4) should hold 3 elements",
        () -> new RmsNorm(1f).forward(zeros(2, 3), 2, zeros(1, 4), zeros(2, 3), zeros(2, 1)));
    assertMessage(
        "glu: (2, 3) and (2, 4) differ in dim 1",
        () -> Glu.SWIGLU.forward(zeros(2, 3), zeros(2, 4), 2, zeros(2, 3)));
    assertMessage(
        "embedding: (9, 3) and (2, 4) differ in dim 1",
        () -> Embedding.forward(new int[2], 2, zeros(9, 3), zeros(2, 4)));
    assertMessage(
        "copy: (2, 3) and (2, 4) differ in dim 1", () -> zeros(2, 3).copyFrom(zeros(2, 4), 2));
    assertMessage(
        "add: (1, 4) should hold 3 elements", () -> Elementwise.add(zeros(1, 3), zeros(1, 4)));
    assertMessage(
        "rope: (1, 10) is not made of heads of 4, of which 4 turn",
        () -> Rope.forward(zeros(1, 10), new int[1], 1, 4, zeros(3, 2), zeros(3, 2)));
  }

  @Test
  void rowsInUseAreCheckedAgainstTheBuffer() {
    assertMessage(
        "linear: (2, 3) holds fewer than 3 rows",
        () -> Linear.forward(zeros(2, 3), 3, zeros(5, 3), 1f, 0f, zeros(3, 5)));
    assertMessage(
        "glu: (2, 3) holds fewer than 3 rows",
        () -> Glu.SWIGLU.forward(zeros(3, 3), zeros(2, 3), 3, zeros(3, 3)));
    assertMessage(
        "rope: (3, 2) holds fewer than 4 rows",
        () -> Rope.forward(zeros(1, 8), new int[] {3}, 1, 4, zeros(3, 2), zeros(3, 2)));
    assertMessage(
        "crossEntropy: (2, 3) holds fewer than 3 rows",
        () -> CrossEntropy.forward(zeros(2, 3), 3, new int[3], new int[3], 0, false));
    assertMessage(
        "dropout: (2, 3) holds fewer than 3 rows",
        () -> Elementwise.dropout(zeros(2, 3), 3, 0.5f, 1, zeros(3, 3)));
  }

  @Test
  void tensorsAreExactlyTheirMemory() {
    assertMessage(
        "tensor: (2, 3) needs 24 bytes, got 20", () -> Tensor.of(zeros(1, 5).data(), 2, 3));
    assertMessage("tensor: (3, 3) needs 36 bytes, got 24", () -> zeros(2, 3).reshape(3, 3));
    assertMessage("copy: (2, 3) from an array of 5", () -> zeros(2, 3).copyFrom(new float[5]));
    assertMessage(
        "tensor: (1, 2) lies on the heap, where native code cannot go",
        () -> Tensor.of(MemorySegment.ofArray(new float[2]), 1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> zeros(2, 3).rows(1, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> zeros(2, 3).clear(3));
  }

  private static void assertMessage(String expected, Runnable call) {
    assertEquals(expected, assertThrows(ShapeException.class, call::run).getMessage());
  }
}
