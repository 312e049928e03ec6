/// The model that comes with Hone, and the example data of `hone demo`: resources, laid out as the
/// files that everything else reads.
///
/// May use: dev.hone.model, dev.hone.model.checkpoint
package dev.hone.base;
