/// What an answer may look like: grammars over the bytes of UTF-8, made from a JSON schema or a
/// list of texts, and which tokens they allow next.
///
/// A [Grammar] is a table of rules. An [Automaton] follows all its readings of a text at once, byte
/// by byte. A [TokenConstraint] walks a vocabulary with it.
///
/// May use: dev.hone.model, dev.hone.model.text
package dev.hone.model.grammar;
