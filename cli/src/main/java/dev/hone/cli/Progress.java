package dev.hone.cli;

/// Where some work is.
///
/// @param unit what is counted, such as "step"
/// @param done so many of them
/// @param total of the whole work
/// @param measures what there is to say of it, such as `loss 2.3451, 4,321 tokens/s`; may be empty
/// @param secondsLeft at the pace so far
record Progress(String unit, long done, long total, String measures, double secondsLeft) {}
