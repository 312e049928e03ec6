/// What a pre-trained model is: its checkpoint files, its text, its decoder; and the error that is
/// the user's to mend.
///
/// May use: nothing
package dev.hone.model;
