package dev.hone.model.serve;

/// An adapter that an [Engine] knows; its weights are in memory while they are in use, and after
/// that as long as there is room.
///
/// @param id never given twice by an engine
public record AdapterHandle(String name, long id) {}
