"""The golden file with which the reader of golden files is tested."""

import torch

import golden

golden.save("testkit", "testkit/every_dtype", dict(
    floats=torch.tensor([[1.5, -2, 0], [float("inf"), 1e-40, 3]]),
    doubles=torch.tensor([0.1, -1e300], dtype=torch.float64),
    ints=torch.tensor([[1, -2], [3, 4], [5, 6]], dtype=torch.int32),
    longs=torch.tensor([1 << 40, -1]),
    scalar=torch.tensor(1.0)), note="größer")
