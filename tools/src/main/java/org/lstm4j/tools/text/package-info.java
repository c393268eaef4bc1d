// SPDX-License-Identifier: Apache-2.0

/**
 * Language models: from a text to windows of tokens, and from a model back to text.
 *
 * <p>{@link org.lstm4j.tools.text.Corpus} reads a text, {@link org.lstm4j.tools.text.Tokenizer}
 * turns it into tokens of a {@link org.lstm4j.format.Vocabulary} and back, {@link
 * org.lstm4j.tools.text.TextWindows} cuts the tokens into what a network learns from, and {@link
 * org.lstm4j.tools.text.TextGenerator} has a network write on.
 */
package org.lstm4j.tools.text;
